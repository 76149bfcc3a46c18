"""Compile one document: run by `typesetting.py` as a program of its own, never imported.

It reads a request as JSON from its input and writes an answer to its output: one line of JSON, and
after it the bytes. It imports nothing of ours, so that it starts quickly and knows no secret.
"""

import ast
import json
import re
import resource
import sys
from datetime import UTC, datetime

import typst

#: A text that no typeface at hand can show, as typst names it (a literal of Rust's).
_UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_RUST_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
#: What is not shown by the first try is named; a second may find what the first one hid.
_TRIES = 3
#: What every typeface at hand sets without fail; all else is named where nothing else helps.
_PLAIN = re.compile(
    "[^\t\n -~\u00a0-\u024f\u0370-\u04ff\u200b\u2010-\u205e\u20a0-\u20bf\u2100-\u22ff]"
)


def main() -> None:
    """Answer the one request."""
    request = json.load(sys.stdin)
    _limit(request["memory"], request["seconds"])
    try:
        document = _compile(request)
    except MemoryError:
        _answer({"refused": "big"})
    except (typst.TypstError, typst.TypstWarning) as error:
        _answer({"refused": "failed", "message": error.message})
    else:
        _answer({"size": len(document)}, document)


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # It has what it needs; it writes no file.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _compile(request: dict[str, str]) -> bytes:
    """Return the PDF; what no typeface can show is named by its number in Unicode.

    There are rare characters, and rare neighbours of them, that the compiler itself stumbles over:
    then all that is rare is named.

    :raises TypstError: when it cannot be made
    :raises TypstWarning: when it could, but not as meant
    """
    try:
        return _shown(request, request["data"])
    except (typst.TypstError, typst.TypstWarning):
        return _shown(request, _named(request["data"], _rare(request["data"])))
    except BaseException as error:
        # What a panic of Rust becomes has no name that could be imported.
        if type(error).__name__ != "PanicException":
            raise
        return _shown(request, _named(request["data"], _rare(request["data"])))


def _shown(request: dict[str, str], data: str) -> bytes:
    for _ in range(_TRIES):
        try:
            return _once(request, data)
        except typst.TypstError as error:
            unshown = {_text(found) for found in _UNSHOWN.findall(error.diagnostic)}
            if not unshown:
                raise
            data = _named(data, unshown)
    return _once(request, data)


def _rare(data: str) -> set[str]:
    """Return the characters in the JSON that not every typeface sets without fail."""
    # As JSON keeps them they are escaped, or not: written anew, each is itself.
    return set(_PLAIN.findall(json.dumps(json.loads(data), ensure_ascii=False)))


def _once(request: dict[str, str], data: str) -> bytes:
    document, warnings = typst.compile_with_warnings(
        request["document"],
        root=request["root"],
        font_paths=[request["typefaces"]],
        ignore_system_fonts=True,
        package_path=request["packages"],
        package_cache_path=request["packages"],
        sys_inputs={"data": data},
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        # From the data: the same document is the same bytes, whenever it is made.
        timestamp=datetime.fromisoformat(request["dated"]).replace(tzinfo=UTC),
    )
    if warnings:
        raise warnings[0]
    if not isinstance(document, bytes):
        raise TypeError("A PDF is bytes.")
    return document


def _text(literal: str) -> str:
    python = _RUST_ESCAPE.sub(lambda found: chr(int(found[1], 16)), literal)
    return str(ast.literal_eval(f'"{python}"')) if "\\" in python else python


def _named(data: str, unshown: set[str]) -> str:
    """Return the JSON with each of the texts given as numbers: `[U+1F600]`."""

    def named(value: object) -> object:
        match value:
            case str():
                for text in unshown:
                    numbers = "".join(f"[U+{ord(char):04X}]" for char in text)
                    value = value.replace(text, numbers)
                return value
            case list():
                return [named(inner) for inner in value]
            case dict():
                return {key: named(inner) for key, inner in value.items()}
            case _:
                return value

    return json.dumps(named(json.loads(data)))


def _answer(head: dict[str, object], body: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
