"""Signing in with outside accounts: each adapter against a simulator that speaks the provider's own format."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from deploy.simulators._server import served
from services.ticketing.providers import _config
from shared.settings import ConfigurationError
from tests.support.simulators import dingtalk, feishu, wecom
from tests.support.simulators.dingtalk import DingTalk
from tests.support.simulators.feishu import Feishu
from tests.support.simulators.oidc import WELL_KNOWN, Oidc, User
from tests.support.simulators.wechat import Wechat
from tests.support.simulators.wecom import WeCom
from tests.ticketing.sessions.support import Door, claims
from tests.ticketing.support import Register

PAGE = "https://portal.example.com/signed-in"


@dataclass
class Outside:
    """All five providers, served and set up for the test's organisation."""

    wechat: Wechat
    wecom: WeCom
    dingtalk: DingTalk
    feishu: Feishu
    oidc: Oidc


@pytest.fixture
async def outside(door: Door, org: UUID, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outside]:
    made = Outside(Wechat(), WeCom(), DingTalk(), Feishu(), Oidc())
    async with AsyncExitStack() as stack:
        urls = {name: await stack.enter_async_context(served(app.app)) for name, app in vars(made).items()}
        made.oidc.url = urls["oidc"]
        common = {"org": str(org), "secret": "s3cret"}
        providers: list[dict[str, Any]] = [
            {
                "id": "wx",
                "grant": "wechat",
                "app_id": made.wechat.appid,
                "secret": "s3cret",
                "base_url": urls["wechat"],
            },
            {"id": "qy", "grant": "wecom", "app_id": made.wecom.corpid, "base_url": urls["wecom"], **common},
            {
                "id": "dd",
                "grant": "dingtalk",
                "app_id": made.dingtalk.client_id,
                "tenant": "dingcorp",
                "base_url": urls["dingtalk"],
                **common,
            },
            {
                "id": "fs",
                "grant": "feishu",
                "app_id": made.feishu.client_id,
                "tenant": "tenant-1",
                "base_url": urls["feishu"],
                "redirect_uris": [PAGE],
                "link_by": ["phone", "email"],
                **common,
            },
            {
                "id": "sso",
                "grant": "oidc",
                "app_id": made.oidc.client_id,
                "discovery_url": urls["oidc"] + WELL_KNOWN,
                "redirect_uris": [PAGE],
                "link_by": ["phone", "email"],
                **common,
            },
        ]
        rt = door.world.runtime("ticketing")
        settings = rt.settings.model_copy(update={"sign_in_providers": json.dumps(providers)})
        monkeypatch.setattr(rt, "settings", settings)
        yield made


async def test_an_owner_links_wechat_by_the_shared_phone_and_needs_it_no_more(
    door: Door, people: dict[str, str], outside: Outside
) -> None:
    body = {"grant": "wechat", "login_code": outside.wechat.login("c1", "openid-1", "union-1")}
    first = await door.post("/sessions", body)
    assert (first.status_code, first.json()["code"]) == (401, "ticketing.sign_in.phone_needed")
    body["login_code"] = outside.wechat.login("c2", "openid-1", "union-1")
    body["phone_code"] = outside.wechat.share("p1", people["owner"])
    linked = await door.post("/sessions", body)
    assert linked.status_code == 200, linked.text
    assert claims(linked.json()["access_token"])["roles"] == ["resident"]
    later = await door.post("/sessions", {"grant": "wechat", "login_code": outside.wechat.login("c3", "openid-1")})
    assert later.json()["account"]["id"] == linked.json()["account"]["id"]
    sister_app = {"grant": "wechat", "login_code": outside.wechat.login("c4", "openid-of-another-app", "union-1")}
    assert (await door.post("/sessions", sister_app)).status_code == 200, "unionid"


async def test_a_phone_that_wechat_vouches_for_may_arrive_in_the_organisation_of_the_app(
    door: Door, people: dict[str, str], outside: Outside, register: Register, new_phone: Callable[[], str]
) -> None:
    body = {
        "grant": "wechat",
        "login_code": outside.wechat.login("n1", "openid-new"),
        "phone_code": outside.wechat.share("np1", phone := new_phone()),
    }
    assert (await door.post("/sessions", body)).json()["code"] == "ticketing.sign_in.not_registered"
    body["login_code"] = outside.wechat.login("n2", "openid-new")
    body["phone_code"] = outside.wechat.share("np2", phone)
    arrived = await door.post("/sessions", {**body, "organisation_id": str(register.org)})
    assert arrived.status_code == 200, arrived.text
    token = claims(arrived.json()["access_token"])
    assert (token["roles"], token["units"]) == (["resident"], [])
    again = await door.post("/sessions", {"grant": "wechat", "login_code": outside.wechat.login("n3", "openid-new")})
    assert claims(again.json()["access_token"])["sub"] == token["sub"]


async def test_a_wechat_account_that_changed_hands_signs_in_its_new_owner_alone(
    door: Door, people: dict[str, str], outside: Outside, register: Register, new_phone: Callable[[], str]
) -> None:
    other = new_phone()
    await register.stored("people", [{"external_id": "O5", "name": "李明", "phone": other}])
    await door.work(register.org)
    for n, phone in enumerate((people["owner"], other)):
        body = {
            "grant": "wechat",
            "login_code": outside.wechat.login(f"h{n}", "openid-h"),
            "phone_code": outside.wechat.share(f"hp{n}", phone),
        }
        assert (await door.post("/sessions", body)).status_code == 200
    later = await door.post("/sessions", {"grant": "wechat", "login_code": outside.wechat.login("h9", "openid-h")})
    assert later.json()["account"]["name"] == "李*"


async def test_wechat_codes_are_good_once_and_belong_to_our_application(
    door: Door, people: dict[str, str], outside: Outside
) -> None:
    code = outside.wechat.login("o1", "openid-2")
    body = {"grant": "wechat", "login_code": code, "phone_code": outside.wechat.share("op", people["owner"])}
    assert (await door.post("/sessions", body)).status_code == 200
    assert (await door.post("/sessions", body)).json()["code"] == "ticketing.sign_in.provider_refused"
    outside.wechat.watermark = "wx-another-application"
    body = {
        "grant": "wechat",
        "login_code": outside.wechat.login("o2", "openid-2"),
        "phone_code": outside.wechat.share("op2", people["owner"]),
    }
    assert (await door.post("/sessions", body)).json()["code"] == "ticketing.sign_in.provider_refused"
    outside.wechat.busy = True
    down = await door.post("/sessions", {"grant": "wechat", "login_code": outside.wechat.login("o3", "openid-2")})
    assert (down.status_code, down.json()["code"]) == (503, "ticketing.sign_in.provider_down")


async def test_a_token_that_wechat_took_back_is_asked_for_anew(
    door: Door, people: dict[str, str], outside: Outside
) -> None:
    for n in range(2):
        body = {
            "grant": "wechat",
            "login_code": outside.wechat.login(f"t{n}", "openid-3"),
            "phone_code": outside.wechat.share(f"tp{n}", people["owner"]),
        }
        assert (await door.post("/sessions", body)).status_code == 200
        outside.wechat.token += 1
    asked = [path for _, path, _ in outside.wechat.seen if path.endswith("stable_token")]
    assert len(asked) == 2, "kept for its life, and renewed when it is refused"


async def test_wechat_never_signs_in_an_employee(door: Door, people: dict[str, str], outside: Outside) -> None:
    body = {
        "grant": "wechat",
        "login_code": outside.wechat.login("e1", "openid-4"),
        "phone_code": outside.wechat.share("ep", people["clerk"]),
    }
    assert (await door.post("/sessions", body)).json()["code"] == "ticketing.sign_in.not_registered"


async def test_a_wecom_member_is_linked_by_phone_and_known_afterwards(
    door: Door, people: dict[str, str], outside: Outside
) -> None:
    outside.wecom.codes["a"] = wecom.Member("chenwen", mobile=people["clerk"])
    first = await door.post("/sessions", {"grant": "wecom", "code": "a"})
    assert first.status_code == 200, first.text
    assert claims(first.json()["access_token"])["roles"] == ["clerk"]
    outside.wecom.codes["b"] = wecom.Member("chenwen", agreed=False)
    assert (await door.post("/sessions", {"grant": "wecom", "code": "b"})).status_code == 200
    outside.wecom.token += 1
    outside.wecom.codes["c"] = wecom.Member("chenwen", agreed=False)
    assert (await door.post("/sessions", {"grant": "wecom", "code": "c"})).status_code == 200


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (wecom.Member(None), "ticketing.sign_in.provider_refused"),  # nobody of the company
        (wecom.Member("unknown", mobile="13700000000"), "ticketing.sign_in.not_registered"),
        (wecom.Member("silent", agreed=False), "ticketing.sign_in.not_registered"),
        (None, "ticketing.sign_in.provider_refused"),
    ],
)
async def test_wecom_refuses_strangers(door: Door, outside: Outside, member: wecom.Member | None, code: str) -> None:
    if member is not None:
        outside.wecom.codes["x"] = member
    answer = await door.post("/sessions", {"grant": "wecom", "code": "x"})
    assert (answer.status_code, answer.json()["code"]) == (401, code)


async def test_a_work_account_reaches_its_own_organisation_alone(
    door: Door,
    people: dict[str, str],
    outside: Outside,
    other_org: Any,
    world: Any,
    api: httpx.AsyncClient,
) -> None:
    """A company's administrator writes any phone into a member's card; that must not open another company's door."""
    second = Register(world, api, await other_org())
    await second.stored(
        "staff", [{"external_id": "S9", "name": "赵敏", "phone": "13700000009", "roles": ["admin"], "units": []}]
    )
    await door.work(second.org)
    outside.wecom.codes["evil"] = wecom.Member("mallory", mobile="13700000009")
    answer = await door.post("/sessions", {"grant": "wecom", "code": "evil"})
    assert answer.json()["code"] == "ticketing.sign_in.not_registered"


async def test_a_dingtalk_user_of_our_company(door: Door, people: dict[str, str], outside: Outside) -> None:
    outside.dingtalk.codes["a"] = dingtalk.User("union-9", "dingcorp", people["clerk"])
    assert (await door.post("/sessions", {"grant": "dingtalk", "code": "a"})).status_code == 200
    outside.dingtalk.codes["b"] = dingtalk.User("union-9", "dingcorp")
    assert (await door.post("/sessions", {"grant": "dingtalk", "code": "b"})).status_code == 200
    outside.dingtalk.codes["c"] = dingtalk.User("union-9", "another-company", people["clerk"])
    stranger = await door.post("/sessions", {"grant": "dingtalk", "code": "c"})
    assert stranger.json()["code"] == "ticketing.sign_in.provider_refused"
    used = await door.post("/sessions", {"grant": "dingtalk", "code": "a"})
    assert used.json()["code"] == "ticketing.sign_in.provider_refused"
    outside.dingtalk.secret = "changed at DingTalk's"
    wrong = await door.post("/sessions", {"grant": "dingtalk", "code": "d"})
    assert wrong.status_code == 503, "our set-up is wrong, not the employee"


async def test_a_feishu_user_of_our_tenant(door: Door, people: dict[str, str], outside: Outside) -> None:
    outside.feishu.codes["a"] = feishu.User("on_1", "tenant-1", people["clerk"], redirect_uri=PAGE)
    body = {"grant": "feishu", "code": "a", "redirect_uri": PAGE}
    assert (await door.post("/sessions", body)).status_code == 200
    mail = f"{people['clerk']}@example.com"
    outside.feishu.codes["b"] = feishu.User("on_2", "tenant-1", enterprise_email=mail)
    assert (await door.post("/sessions", {"grant": "feishu", "code": "b"})).status_code == 200, "by e-mail"
    outside.feishu.codes["c"] = feishu.User("on_1", "tenant-2", people["clerk"])
    stranger = await door.post("/sessions", {"grant": "feishu", "code": "c"})
    assert stranger.json()["code"] == "ticketing.sign_in.provider_refused"
    elsewhere = await door.post("/sessions", {**body, "redirect_uri": "https://evil.example/"})
    assert elsewhere.json()["code"] == "ticketing.sign_in.provider_unknown"
    unknown = await door.post("/sessions", {"grant": "feishu", "code": "nope"})
    assert unknown.json()["code"] == "ticketing.sign_in.provider_refused"


VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


async def _by_oidc(door: Door, code: str, **more: Any) -> httpx.Response:
    body = {"grant": "oidc", "code": code, "redirect_uri": PAGE, "code_verifier": VERIFIER, "nonce": "n-1"}
    return await door.post("/sessions", body | more)


async def test_any_openid_provider_by_its_discovery_document(
    door: Door, people: dict[str, str], outside: Outside
) -> None:
    told = {"nonce": "n-1", "email": f"{people['clerk']}@example.com", "email_verified": True}
    outside.oidc.codes["a"] = User("sub-1", CHALLENGE, told)
    assert (await _by_oidc(door, "a")).status_code == 200
    outside.oidc.rotate()
    outside.oidc.codes["b"] = User("sub-1", CHALLENGE, {"nonce": "n-1"})
    again = await _by_oidc(door, "b")
    assert again.status_code == 200, "its new key is fetched, and the account is linked"
    outside.oidc.codes["c"] = User("sub-2", CHALLENGE, told | {"email_verified": False})
    unverified = await _by_oidc(door, "c")
    assert unverified.json()["code"] == "ticketing.sign_in.not_registered"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"iss": "https://evil.example"}, "a"),
        ({"aud": "another-client"}, "a"),
        ({"aud": ["steward", "another-client"]}, "a"),
        ({"azp": "another-client"}, "a"),
        ({"exp": 1_000_000_000}, "a"),
        ({"nbf": 4_000_000_000}, "a"),
        ({"nonce": "of another sign-in"}, "a"),
        ({"sub": ""}, "a"),
        ({}, "never given out"),
    ],
)
async def test_an_id_token_that_is_not_for_us_is_refused(
    door: Door, people: dict[str, str], outside: Outside, wrong: dict[str, Any], code: str
) -> None:
    told = {"nonce": "n-1", "email": f"{people['clerk']}@example.com", "email_verified": True} | wrong
    outside.oidc.codes["a"] = User("sub-1", CHALLENGE, told)
    answer = await _by_oidc(door, code)
    assert (answer.status_code, answer.json()["code"]) == (401, "ticketing.sign_in.provider_refused")


async def test_an_id_token_of_a_strange_key_or_of_the_shared_secret_is_refused(
    door: Door, people: dict[str, str], outside: Outside
) -> None:
    told = {"nonce": "n-1", "email": f"{people['clerk']}@example.com", "email_verified": True}
    outside.oidc.signer = RSAKey.generate_key(2048, parameters={"kid": "one"})
    outside.oidc.codes["a"] = User("sub-1", CHALLENGE, told)
    assert (await _by_oidc(door, "a")).json()["code"] == "ticketing.sign_in.provider_refused"
    outside.oidc.signer = OctKey.import_key("s3cret-s3cret-s3cret-s3cret-s3cret", {"kid": "one"})  # type: ignore[assignment]
    outside.oidc.algorithm = "HS256"
    outside.oidc.codes["a"] = User("sub-1", CHALLENGE, told)
    assert (await _by_oidc(door, "a")).json()["code"] == "ticketing.sign_in.provider_refused"


async def test_a_stolen_code_without_its_verifier_is_refused(
    door: Door, people: dict[str, str], outside: Outside
) -> None:
    outside.oidc.codes["a"] = User("sub-1", CHALLENGE, {"nonce": "n-1"})
    answer = await _by_oidc(door, "a", code_verifier="A" * 43)
    assert answer.json()["code"] == "ticketing.sign_in.provider_refused"


async def test_a_provider_that_is_away_is_said_so_and_named_providers_are_offered(
    door: Door, org: UUID, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with door.client() as client:
        own = (await client.get("/ticketing/v1/sessions/methods", params={"organisation_id": str(org)})).json()
        all_others = (await client.get("/ticketing/v1/sessions/methods")).json()
    assert {p["id"] for p in own["providers"]} == {"wx", "qy", "dd", "fs", "sso"}
    assert [p["id"] for p in all_others["providers"]] == ["wx"]
    assert "s3cret" not in json.dumps(own)
    rt = door.world.runtime("ticketing")
    gone = [{"id": "wx", "grant": "wechat", "app_id": "x", "secret": "y", "base_url": "http://127.0.0.1:9"}]
    settings = rt.settings.model_copy(update={"sign_in_providers": json.dumps(gone)})
    monkeypatch.setattr(rt, "settings", settings)
    answer = await door.post("/sessions", {"grant": "wechat", "login_code": "c"})
    assert (answer.status_code, answer.json()["code"]) == (503, "ticketing.sign_in.provider_down")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{", "not a JSON list"),
        ('[{"id": "a", "grant": "wecom", "app_id": "x", "secret": "TOPSECRET"}]', "org"),
        ('[{"id": "a", "grant": "telegram", "app_id": "x", "secret": "TOPSECRET"}]', "grant"),
        (
            '[{"id": "a", "grant": "wechat", "app_id": "x", "secret": "TOPSECRET"},'
            ' {"id": "a", "grant": "wechat", "app_id": "y", "secret": "z"}]',
            "same id",
        ),
    ],
)
def test_a_mistake_in_the_providers_stops_the_start_and_shows_no_secret(text: str, word: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _config._parsed(text)
    assert word in str(caught.value)
    assert "TOPSECRET" not in str(caught.value)
