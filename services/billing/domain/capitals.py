"""Amounts in Chinese financial characters (大写), which nobody alters with a stroke of the pen."""

from __future__ import annotations

from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_UNITS: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")


def capitals(fen: int) -> str:
    """``12345`` fen as ``壹佰贰拾叁元肆角伍分``; an amount without fen ends in 整.

    Raises:
        ValueError: negative, or above what stands on a receipt (10^16 yuan).
    """
    if not 0 <= fen < 10**18:
        raise ValueError("an amount on a receipt is not negative and not astronomical")
    yuan, rest = divmod(fen, 100)
    jiao, last = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif last and yuan:
        text += "零"
    return text + (f"{_DIGITS[last]}分" if last else "整")


def _whole(yuan: int) -> str:
    if not yuan:
        return "零"
    text, gap, place = "", False, 0
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        if group:
            # One 零 stands for however many zeros lie between two digits.
            text = _group(group) + _GROUPS[place] + ("零" if gap and text else "") + text
        # A group below a thousand leaves a zero between itself and what stands before it.
        gap = group < 1000 if group else bool(text)
        place += 1
    return text


def _group(value: int) -> str:
    text, zero = "", False
    for place in range(4):
        value, digit = divmod(value, 10)
        if digit:
            text = _DIGITS[digit] + _UNITS[place] + ("零" if zero and text else "") + text
        zero = not digit
    return text
