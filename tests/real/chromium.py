"""A real Chromium without a window, driven by the DevTools protocol over a pair of pipes."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from base64 import b64decode
from pathlib import Path
from typing import Any

from .tools import PATH

PROGRAM = "chromium"
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-extensions", "--disable-background-networking", "--disable-dev-shm-usage"),
    *("--force-color-profile=srgb", "--remote-debugging-pipe"),
)
PATIENCE = 60.0
"""Seconds that Chromium may take to answer."""


class Chromium:
    """One page in a browser of its own, with a new profile.

    ``requests`` are the addresses that the page asked for, and ``complaints`` what its
    script threw or its console reported.
    """

    def __init__(self, folder: Path, width: int = 1500, height: int = 1000) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._events: list[str] = []
        self._last = 0
        self._session = ""
        self._rest = b""
        child_in, self._write = os.pipe()
        self._read, child_out = os.pipe()
        self._process = subprocess.Popen(
            [
                *("bash", "-c", 'exec "$0" "$@" 3<&"$FROM" 4>&"$TO"', PROGRAM, *ARGUMENTS),
                *(f"--user-data-dir={folder}", f"--window-size={width},{height}"),
            ],
            pass_fds=(child_in, child_out),
            env={"PATH": PATH, "HOME": str(folder), "FROM": str(child_in), "TO": str(child_out)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(child_in)
        os.close(child_out)

    def __enter__(self) -> Chromium:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._write)
        os.close(self._read)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the result of a method of the protocol."""
        self._last += 1
        asked = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._write, json.dumps(asked).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            message = self._message(deadline)
            if message.get("id") == self._last:
                assert "error" not in message, (method, message["error"])
                result: dict[str, Any] = message["result"]
                return result

    def _message(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(self._read, 1 << 20) if ready else b""
            assert piece, "Chromium does not answer"
            self._rest += piece
        text, self._rest = self._rest.split(b"\0", 1)
        message: dict[str, Any] = json.loads(text)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, found: dict[str, Any]) -> None:
        self._events.append(method)
        if method == "Network.requestWillBeSent":
            self.requests.append(found["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(found["exceptionDetails"]))
        elif method == "Log.entryAdded" and found["entry"]["level"] == "error":
            self.complaints.append(found["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(json.dumps(found["args"]))

    def open(self, address: str) -> None:
        """Load a page, and wait for the end of it."""
        self._events.clear()
        self.call("Page.navigate", url=address)
        deadline = time.monotonic() + PATIENCE
        while "Page.loadEventFired" not in self._events:
            self._message(deadline)

    def value(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """Click in the middle of an element, as a person does."""
        self.value(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'nearest'}})")
        box = self.value(f"document.querySelector({json.dumps(selector)}).getBoundingClientRect().toJSON()")
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def press(self, *keys: str) -> None:
        """Press keys one after the other; ``Control+End`` is two at once."""
        for words in keys:
            *held, key = words.split("+") if len(words) > 1 else [words]
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
            pressed = {"key": key, "code": key, "modifiers": 2 if held else 0}
            kind = "keyDown" if text and not held else "rawKeyDown"
            self.call("Input.dispatchKeyEvent", type=kind, **pressed, **({"text": text} if text else {}))
            self.call("Input.dispatchKeyEvent", type="keyUp", **pressed)

    def select(self, selector: str, text: str) -> None:
        """Choose the option of a list that has a text."""
        self.value(
            f"""(() => {{
              const list = document.querySelector({json.dumps(selector)});
              const index = [...list.options].findIndex((one) => one.textContent === {json.dumps(text)});
              if (index < 0) throw new Error("no such option");
              list.selectedIndex = index;
              list.dispatchEvent(new Event("change", {{bubbles: true}}));
            }})()"""
        )

    def prefer(self, scheme: str = "light", media: str = "") -> None:
        """Show the page in light or dark colours, or as on paper (``media`` is ``print``)."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def screenshot(self, path: Path) -> None:
        """Write a picture of the window."""
        path.write_bytes(b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def pdf(self) -> bytes:
        """Return the page as it is printed."""
        printed = self.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True)
        return b64decode(printed["data"])

    def named(self, role: str) -> list[str]:
        """Return the names of all elements of a role, as a screen reader gets them."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [
            one.get("name", {}).get("value", "") for one in nodes if one.get("role", {}).get("value") == role
        ]
