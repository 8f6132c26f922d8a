"""From a draft to a letter in force: negotiated, signed by everybody it names, amended, voided, handed out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.catalogue import definitions
from services.kpi.domain.signing import may_close
from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR, freeze, letter, sign
from tests.kpi.support import Feed, local
from tests.support.world import World

ALLOCATED = {"allocated_points": "100"}
RATE = "fee.collection.quarter.rate"


class Office:
    """The personnel office of a company with one community."""

    def __init__(self, api: httpx.AsyncClient, world: World, org: UUID) -> None:
        self.api, self.world, self.org = api, world, org
        self.feed = Feed(world, org)
        self.id = ""

    async def draft(self, template: str, **more: Any) -> dict[str, Any]:
        """A letter nobody has signed yet."""
        self.feed.register()
        await self.feed.apply()
        body = {"template": template, "community_id": str(self.feed.community), "subject_id": str(SUPERVISOR)}
        answer = await self.post("", "hr", **body, term="2025", **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        self.id = found["id"]
        return found

    async def post(self, path: str, role: str, sub: UUID | None = None, **body: Any) -> httpx.Response:
        at = f"/kpi/v1/letters/{self.id}{path}" if path else "/kpi/v1/letters"
        return await self.api.post(at, json=body, headers=self.world.token(role, self.org, sub=sub))

    async def papers(self) -> dict[str, Any]:
        answer = await self.api.get(f"/kpi/v1/letters/{self.id}/papers", headers=self.world.token("qa", self.org))
        found: dict[str, Any] = answer.json()
        return found

    async def sign(self, place: int, role: str, sub: UUID | None = None, **more: Any) -> httpx.Response:
        more.setdefault("hash", (await self.papers())["hash"])
        return await self.post("/signatures", role, sub, place=place, **more)


@pytest.fixture
def office(api: httpx.AsyncClient, world: World, org: UUID) -> Office:
    return Office(api, world, org)


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_c187_c192_c194_c195_c305_a_letter_is_in_force_when_everybody_it_names_has_signed(office: Office) -> None:
    made = await office.draft("T001D", parameters=ALLOCATED)
    assert (made["state"], made["effective_on"]) == ("draft", None) and len(made["hash"]) == 64
    early = await freeze(office.api, office.world, office.feed, office.id, "2025")
    assert refused(early) == (409, "kpi.letter.not_in_force")
    assert refused(await office.sign(1, "gm")) == (403, "kpi.letter.not_the_signatory")  # C-307 the head's own place
    assert refused(await office.sign(0, "clerk")) == (403, "kpi.letter.not_the_signatory")
    assert refused(await office.sign(0, "gm", hash="0" * 64)) == (409, "kpi.letter.changed")
    gm = uuid7()
    first = (await office.sign(0, "gm", gm)).json()
    assert (first["state"], len(first["signatures"])) == ("draft", 1)
    assert refused(await office.sign(0, "gm")) == (409, "kpi.letter.signed")
    done = (await office.sign(1, "supervisor", SUPERVISOR)).json()
    assert done["state"] == "expired", "signed after its term: it holds for that term and no longer"
    assert {s["hash"] for s in done["signatures"]} == {made["hash"]}
    assert (await freeze(office.api, office.world, office.feed, office.id, "2025")).status_code == 201
    audited = await office.api.get(f"/kpi/v1/letters/{office.id}", headers=office.world.token("qa", office.org))
    assert audited.json()["effective_on"] is not None


async def test_c187_c306_c309_a_paper_signature_of_equal_standing_has_its_date_and_its_scan(office: Office) -> None:
    await office.draft("T001D", parameters=ALLOCATED)
    on_paper = {"method": "paper", "signer_id": str(SUPERVISOR), "signed_on": "2025-01-22", "file_ids": [str(uuid7())]}
    for missing in ("signer_id", "signed_on", "file_ids"):
        answer = await office.sign(1, "hr", **{k: v for k, v in on_paper.items() if k != missing})
        assert answer.status_code == 422, missing
    assert (await office.sign(1, "supervisor", **on_paper)).status_code == 422, "the personnel office enters it"
    found = (await office.sign(1, "hr", **on_paper)).json()["signatures"][0]
    assert (found["method"], found["signed_on"], found["signer_id"]) == ("paper", "2025-01-22", str(SUPERVISOR))


async def test_c312_the_letter_of_the_business_hall_wants_who_signs_and_who_issues(office: Office) -> None:
    template = await office.api.get("/kpi/v1/templates/T001Q", headers=office.world.token("gm", office.org))
    assert [who["zh"] for who in template.json()["signatories"]] == ["责任人", "签发人"]
    await office.draft("T001Q")
    assert (await office.sign(0, "supervisor", SUPERVISOR)).json()["state"] == "draft"
    both = (await office.sign(1, "gm")).json()
    assert (both["state"] != "draft", len(both["signatures"])) == (True, 2)
    assert all(one["signed_on"] for one in both["signatures"])


async def test_c193_c308_an_employee_signs_in_person(office: Office) -> None:
    await office.draft("T001A", parameters={"safety_training_participation_rate_target": "90"})
    lent = {"delegated_by": str(SUPERVISOR), "delegation": "x"}
    assert refused(await office.sign(0, "clerk", **lent)) == (403, "kpi.letter.not_the_signatory")
    assert (await office.sign(0, "clerk", SUPERVISOR)).status_code == 200


async def test_c191_the_site_head_signs_by_a_recorded_delegation(office: Office) -> None:
    await office.draft("T001R")
    director = uuid7()
    head, lent = uuid7(), {"delegated_by": str(director), "delegation": "公司书面委托现场负责人"}
    assert refused(await office.sign(0, "supervisor", head, **lent)) == (403, "kpi.letter.not_the_signatory")
    body = {"place": "0", "to": str(head), "grounds": "公司书面委托现场负责人"}
    desk = await office.post("/delegations", "clerk", director, **body)
    assert refused(desk) == (403, "kpi.delegation.not_their_place")
    given = await office.post("/delegations", "cs_manager", director, **body)
    assert given.status_code == 200, given.text
    answer = await office.sign(0, "supervisor", head, **lent)
    assert answer.json()["signatures"][0]["delegated_by"] == str(director)
    mine = await office.sign(0, "supervisor", delegated_by=str(director))
    assert mine.status_code in (409, 422)


async def test_c304_a_sealed_letter_is_sealed(office: Office) -> None:
    names = (
        "customer_satisfaction_rate",
        "complaint_resolution_rate",
        "customer_return_rate",
        "team_performance_score",
    )
    await office.draft("T001L", parameters={f"{name}_target": "90" for name in names})
    assert (await office.sign(0, "gm")).status_code == 422
    assert (await office.sign(0, "gm", sealed=True)).status_code == 200


@pytest.mark.parametrize(
    ("template", "count", "holder"), [("T001M", 2, "公司领导"), ("T001R", 3, "员工"), ("T001D", 0, "")]
)
async def test_c188_c189_c190_copies_are_registered_with_their_holders(
    office: Office, template: str, count: int, holder: str
) -> None:
    more = {"parameters": ALLOCATED} if template == "T001D" else {}
    made = await office.draft(template, **more)
    await sign(office.api, office.world, office.feed, made)
    copies = (await office.papers())["copies"]
    assert [copy["number"] for copy in copies] == list(range(1, count + 1))
    if count:
        assert copies[-1]["holder"]["zh"] == holder
        told = (await office.post(f"/copies/{count}", "hr", on="2025-01-03")).json()["copies"][-1]
        assert told["handed_on"] == "2025-01-03"
    assert (await office.post(f"/copies/{count + 1}", "hr", on="2025-01-03")).status_code == 404


async def test_c186_what_is_agreed_before_signing_changes_the_draft_and_its_hash(office: Office) -> None:
    made = await office.draft("T001D", parameters=ALLOCATED)
    told = (await office.post("/negotiation", "hr", parameters={"allocated_points": "80"}, note="双方商定")).json()
    assert told["hash"] != made["hash"]
    assert [(r["kind"], r["text"]) for r in told["records"]] == [("negotiation", "双方商定")]
    await office.sign(0, "gm")
    late = await office.post("/negotiation", "hr", parameters={"allocated_points": "70"}, note="x")
    assert refused(late) == (409, "kpi.letter.not_draft")


async def test_c197_c206_c207_e059_an_amendment_holds_from_its_date_on_with_old_new_and_reason(office: Office) -> None:
    """G-027."""
    office.feed.register()
    office.feed.bill(10_000, "2025-01-31", [(8_900, "2025-02-20")])
    office.feed.bill(10_000, "2025-04-30", [(8_900, "2025-05-20")])
    await office.feed.apply()
    made = await letter(office.api, office.world, office.feed)
    office.id = made["id"]
    change = {"what": "target", "name": RATE, "new": "87"}
    first = (await freeze(office.api, office.world, office.feed, office.id, "2025-Q1")).json()
    early = await office.post("/amendments", "hr", changes=[change], reason="x", effective_on="2025-03-01")
    assert refused(early) == (409, "kpi.letter.amendment_too_early")
    told = await office.post(
        "/amendments", "hr", changes=[change], reason="两次未达到，目标不适宜", effective_on="2025-04-01"
    )
    (found,) = told.json()["amendments"]
    assert found["changes"] == [{"what": "target", "name": RATE, "old": "90", "new": "87"}]
    assert (found["reason"], found["state"]) == ("两次未达到，目标不适宜", "effective")
    second = (await freeze(office.api, office.world, office.feed, office.id, "2025-Q2")).json()
    states = [next(i["state"] for i in card["items"] if i["indicator"] == RATE) for card in (first, second)]
    assert states == ["missed", "met"]
    for card in (first, second):
        checked = await office.api.get(
            f"/kpi/v1/scorecards/{card['id']}/verification", headers=office.world.token("qa", office.org)
        )
        assert checked.json()["ok"] is True
    again = await freeze(office.api, office.world, office.feed, office.id, "2025-Q1", restate=True, reason="x")
    assert again.json()["total"] == first["total"], "a restatement scores by what the letter said then"
    for bad in ({"what": "target", "name": "none", "new": "1"}, {"what": "parameter", "name": "none", "new": "1"}):
        answer = await office.post("/amendments", "hr", changes=[bad], reason="x", effective_on="2025-07-01")
        assert answer.status_code == 422


async def test_c197_c310_a_supplementary_clause_is_signed_like_the_letter(office: Office) -> None:
    made = await office.draft("T001D", parameters=ALLOCATED)
    body = {"clause": "增设夜间值守", "reason": "协商", "effective_on": "2025-06-01"}
    assert refused(await office.post("/amendments", "hr", **body)) == (409, "kpi.letter.not_in_force")
    await sign(office.api, office.world, office.feed, made)
    (found,) = (await office.post("/amendments", "hr", **body)).json()["amendments"]
    assert (found["state"], found["clause"]) == ("proposed", "增设夜间值守")
    done = await sign(office.api, office.world, office.feed, made, found["id"])
    assert done["amendments"][0]["state"] == "effective"


async def test_c200_amb083_force_majeure_voids_the_letter_when_both_have_signed_and_lists_what_is_open(
    office: Office, standing: Any
) -> None:
    clock = standing(local(3, 10))
    made = await office.draft("T001D", parameters=ALLOCATED)
    await sign(office.api, office.world, office.feed, made)
    clock.to(local(3, 11, 2))
    await office.world.drain(office.org)
    qa = office.world.token("qa", office.org)
    assert (await office.api.get("/kpi/v1/feeds/scorecards", headers=qa)).json()["items"] != []
    await office.post("/void", "hr", reason="地震", open_items=["未结投诉 3 件"])
    assert (await office.papers())["state"] == "effective", "one side alone voids nothing"
    done = await sign(office.api, office.world, office.feed, made, "void")
    assert done["state"] == "void" and done["records"][-1]["details"]["open_items"] == ["未结投诉 3 件"]
    assert (await office.api.get("/kpi/v1/feeds/scorecards", headers=qa)).json()["items"] == []
    clock.to(local(4, 2, 3))
    await office.world.drain(office.org)
    assert (await office.api.get("/kpi/v1/feeds/scorecards", headers=qa)).json()["items"] == []
    clock.to(local(12, 31, 23) + timedelta(days=2))
    closed = await freeze(office.api, office.world, office.feed, office.id, "2025")
    assert refused(closed) == (409, "kpi.letter.not_in_force")


async def test_c201_to_c204_targets_are_signed_layer_by_layer(office: Office) -> None:
    above = await office.draft("T001D", parameters=ALLOCATED)
    below = {"template": "T004E2", "community_id": str(office.feed.community), "term": "2025"}
    body = {**below, "subject_id": str(uuid7()), "parent_id": above["id"]}
    assert refused(await office.post("", "hr", **body)) == (409, "kpi.letter.parent_not_in_force")
    await sign(office.api, office.world, office.feed, above)
    made = await office.post("", "hr", **body)
    assert made.status_code == 201, made.text
    listed = await office.api.get(
        "/kpi/v1/letters", params={"parent_id": above["id"]}, headers=office.world.token("qa", office.org)
    )
    assert [row["id"] for row in listed.json()["items"]] == [made.json()["id"]]
    assert (
        await office.post("", "hr", **{**body, "subject_id": str(uuid7()), "parent_id": str(uuid7())})
    ).status_code == 404


async def test_c199_c208_c209_c198_plans_requests_and_decisions_are_kept_beside_the_letter(office: Office) -> None:
    made = await office.draft("T001D", parameters=ALLOCATED)
    await sign(office.api, office.world, office.feed, made)
    for kind, role in (("work_plan", "cs_manager"), ("support", "supervisor"), ("dispute", "gm")):
        answer = await office.post("/records", role, kind=kind, text="内容")
        assert answer.status_code == 200, answer.text
    lower = await office.post("/records", "cs_manager", kind="dispute", text="x")
    assert refused(lower) == (403, "kpi.letter.not_the_signatory")
    found = await office.papers()
    assert [record["kind"] for record in found["records"]] == ["work_plan", "support", "dispute"]
    assert found["interpretation"]["zh"] == "本责任书由公司负责解释。"


async def test_c196_a_letter_expires_with_its_term(office: Office, standing: Any) -> None:
    clock = standing(local(1, 2))
    made = await office.draft("T001M")
    assert made["state"] == "effective"
    clock.to(local(12, 31, 23))
    assert (await office.papers())["state"] == "effective"
    clock.to(local(12, 31, 23) + timedelta(hours=1))
    assert (await office.papers())["state"] == "expired"


@pytest.mark.parametrize(
    ("template", "closer", "others"),
    [
        ("T001F", "safety", ("gm", "hr")),  # C-220
        ("T001H", "gm", ("qa", "hr")),  # C-221
        ("T001D", "gm", ("qa", "hr")),  # C-222
    ],
)
async def test_c220_c221_c222_a_letter_is_closed_by_the_appraiser_it_names(
    office: Office, template: str, closer: str, others: tuple[str, ...]
) -> None:
    cycle = definitions()[template]["cycle"]
    office.feed.register()
    await office.feed.apply()
    blank = {code: "90" for code, spec in definitions()[template]["parameters"].items() if spec.get("mandatory")}
    made = await letter(office.api, office.world, office.feed, template=template, parameters=blank)
    body = {"letter_id": made["id"], "period": {"year": "2025", "quarter": "2025-Q1", "month": "2025-03"}[cycle]}
    for role in others:
        answer = await office.api.post("/kpi/v1/scorecards", json=body, headers=office.world.token(role, office.org))
        assert refused(answer) == (403, "kpi.scorecard.not_the_appraiser")
    answer = await office.api.post("/kpi/v1/scorecards", json=body, headers=office.world.token(closer, office.org))
    assert answer.status_code == 201, answer.text


def test_c219_quality_assurance_appraises_the_customer_service_manager() -> None:
    assert may_close(definitions()["T000"], {"qa"}) and not may_close(definitions()["T000"], {"gm", "hr"})


async def test_c312_signing_and_issuing_party_are_both_named_on_the_letter(office: Office) -> None:
    await office.draft("T001Q")
    assert [place["title"]["en"] for place in (await office.papers())["signatories"]] == [
        "Signing party",
        "Issuing party",
    ]
    assert (await office.sign(0, "clerk", SUPERVISOR)).json()["state"] == "draft"
    assert (await office.sign(1, "gm")).json()["state"] in ("effective", "expired")


async def test_amb099_the_month_before_is_evaluated_by_what_the_letter_said_on_its_last_day(
    office: Office, standing: Any
) -> None:
    clock = standing(local(3, 5))
    await office.draft("T001P")
    for place in ("2025-03-31", "2025-04-01"):
        change = {"what": "target", "name": "sop.sampling.pass.rate", "new": "93"}
        told = await office.post("/amendments", "hr", changes=[change], reason="目标不适宜", effective_on=place)
        assert told.status_code == 200, told.text
    clock.to(local(4, 2))
    said = {"progress": "八项完成七项", "quality": "记录不全", "text": "整改后复查"}
    kept = {}
    for period in ("2025-02", "2025-03"):
        answer = await office.post("/evaluations", "cs_manager", period=period, **said)
        kept[period] = answer.json()["records"][-1]["details"]["amendments"]
    assert kept == {"2025-02": [], "2025-03": [1]}


async def test_c225_e039_e040_progress_and_quality_are_evaluated_by_their_day_each_period_once(
    office: Office, standing: Any
) -> None:
    clock = standing(local(3, 31, 23))
    await office.draft("T001P")
    said = {"progress": "八项目标完成七项", "quality": "回访记录不全", "text": "整改后复查"}

    async def evaluate(period: str) -> httpx.Response:
        return await office.post("/evaluations", "cs_manager", period=period, **said)

    early = await evaluate("2025-03")
    assert refused(early) == (422, "kpi.input.invalid"), "the month is not over"
    clock.to(local(4, 2, 23, 59))
    assert (await evaluate("2025-03")).status_code == 200
    assert refused(await evaluate("2025-03")) == (409, "kpi.letter.evaluated")
    clock.to(local(4, 3, 0, 1))
    assert (await evaluate("2025-02")).status_code == 200
    clock.to(local(4, 3, 23, 59))
    kept = await evaluate("2025-Q1")
    found = [record["details"] for record in kept.json()["records"]]
    assert [(said["period"], said["due_on"], said["on_time"]) for said in found] == [
        ("2025-03", "2025-04-02", True),
        ("2025-02", "2025-03-02", False),
        ("2025-Q1", "2025-04-03", True),
    ]
    for period in ("2025", "2026-01"):
        assert refused(await evaluate(period)) == (409, "kpi.letter.no_evaluation")
    await office.draft("T003S")
    assert refused(await evaluate("2025-03")) == (409, "kpi.letter.no_evaluation")
