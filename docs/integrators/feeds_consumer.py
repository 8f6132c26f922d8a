"""Follows the KPI feeds until the manifest agrees: feeds_consumer.py https://steward.example TOKEN [2025-Q1]."""

import json
import sys
from hashlib import sha256
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def get(base, token, path, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items() if value)
    return urlopen(Request(f"{base}/kpi/v1/feeds/{path}?{asked}", headers={"Authorization": f"Bearer {token}"}))


def pull(base, token, feed, period, after, rows):
    rows = dict(rows) if after else {}  # a pull without a cursor begins from nothing
    try:
        answer = get(base, token, feed, format="ndjson", period=period, after=after)
    except HTTPError as error:
        assert error.code == 410, error  # away for too long: start anew
        return pull(base, token, feed, period, None, {})
    rows |= {r["key"]: None if r.get("deleted") else x.strip() for x, r in ((x, json.loads(x)) for x in answer)}
    return answer.headers["Steward-After"], rows


def follow(base, token, period=None, held=None):
    held = held or {feed: (None, {}) for feed in ("indicators", "scorecards", "cases")}
    held = {feed: pull(base, token, feed, period, *at) for feed, at in held.items()}
    told = json.load(get(base, token, "manifest", period=period))["feeds"]
    if any(told[feed]["after"] != after for feed, (after, _) in held.items()):
        return follow(base, token, period, held)  # something was written in between
    for feed, (_, rows) in held.items():
        digests = [sha256(line).digest() for _, line in sorted(rows.items()) if line]
        assert sha256(b"".join(digests)).hexdigest() == told[feed]["hash"], f"{feed} is not what the manifest says"
    return held


if __name__ == "__main__":
    print({feed: len(rows) for feed, (_, rows) in follow(*sys.argv[1:]).items()})
