"""Strict JSON parsing: the first step for anything that a client sends."""

import json
from typing import NoReturn

from steepest.spec.errors import Invalid, invalid


def strict_json(text: str | bytes) -> object:
    """The decoded text. Raises `Invalid` for NaN, infinity, repeated keys, integers beyond 64 bits and deep nesting.

    Floats that are too small for a double become 0.
    """
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        data = json.loads(
            decoded,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_bounded_int,
        )
        # A lone surrogate, escaped or not, could not be sent back.
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except Invalid:
        raise
    except RecursionError:
        raise _not_json("nested too deeply", "嵌套过深") from None
    except UnicodeEncodeError:
        raise _not_json("contains a lone surrogate", "含有孤立的代理字符") from None
    except UnicodeDecodeError as error:
        raise _not_json(f"byte {error.start} is not UTF-8", f"第 {error.start} 字节不是 UTF-8") from None
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
        message = f"{error.msg[:1].lower()}{error.msg[1:]}, at line {line} column {column}"
        raise _not_json(message, f"第 {line} 行第 {column} 列有误") from None
    return data


def _not_json(english: str, chinese: str) -> Invalid:
    return invalid("", f"not valid JSON: {english}", f"不是有效的 JSON：{chinese}")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _not_json(f"the key {name[:50]!r} is repeated", f"键 {name[:50]!r} 重复")
            seen.add(name)
    return found


def _refuse_constant(word: str) -> NoReturn:
    raise _not_json(f"{word} is not a JSON number", f"{word} 不是 JSON 数")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise _not_json(f"{digits[:30]} is too large for a number", f"{digits[:30]} 超出数的范围")
    return value


def _bounded_int(digits: str) -> int:
    # -2**63 and 2**64 - 1 have 20 characters.
    if len(digits) > 20 or not -(2**63) <= int(digits) < 2**64:
        raise _not_json(f"an integer of {len(digits)} digits is too large", f"{len(digits)} 位的整数过大")
    return int(digits)
