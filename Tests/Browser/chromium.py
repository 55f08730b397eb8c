"""A small client of the Chrome DevTools Protocol, over the pipe that Chromium offers: no package, no port."""

import base64
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time


class Chromium:
    """One headless browser; ends with the `with` block."""

    def __init__(self, binary="chromium", size=(1280, 800)):
        self.folder = tempfile.TemporaryDirectory(prefix="browser-")
        to_browser, self.commands = os.pipe()
        self.answers, from_browser = os.pipe()

        def attach():
            # Descriptors 3 and 4 are where Chromium looks for its pipe; what is there moves out of the way.
            reading, writing = os.dup(to_browser), os.dup(from_browser)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        self.process = subprocess.Popen(
            [binary, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
             "--disable-dev-shm-usage", "--disable-default-apps", "--hide-scrollbars", "--force-device-scale-factor=1",
             "--disable-features=Translate,OptimizationHints,MediaRouter", "--lang=en-GB",
             f"--user-data-dir={self.folder.name}", f"--window-size={size[0]},{size[1]}", "about:blank"],
            preexec_fn=attach, close_fds=False, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.answers, selectors.EVENT_READ)
        self.buffer = b""
        self.number = 0
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # Its helpers, which may still write into its folder.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.close(self.commands)
        os.close(self.answers)
        for _ in range(50):
            try:
                self.folder.cleanup()
                return
            except OSError:
                time.sleep(0.1)
        self.folder.cleanup()

    def _receive(self, seconds):
        """The next message; None when there is none in time."""
        end = time.monotonic() + seconds
        while b"\0" not in self.buffer:
            if not self.selector.select(max(0, end - time.monotonic())):
                return None
            piece = os.read(self.answers, 1 << 20)
            if not piece:
                raise RuntimeError("the browser has ended")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data):]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            answer = self._receive(end - time.monotonic())
            if answer is None:
                break
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer.get("result", {})
            if "method" in answer:
                self.events.append(answer)
        raise RuntimeError(f"{method}: no answer")

    def listen(self, seconds):
        """Takes in what the browser tells for some time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = self._receive(end - time.monotonic())
            if answer and "method" in answer:
                self.events.append(answer)

    def page(self, *, scripts=True):
        """A tab of its own that nothing is kept from."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, session, scripts)


class Page:
    """One tab, with everything it asked for and complained about."""

    def __init__(self, browser, session, scripts):
        self.browser = browser
        self.session = session
        self.scripts = scripts
        for domain in ["Page", "Runtime", "Network", "Log", "DOM"]:
            self.call(f"{domain}.enable")
        if not scripts:
            self.call("Emulation.setScriptExecutionDisabled", value=True)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def events(self, method):
        return [e["params"] for e in self.browser.events if e["method"] == method and e.get("sessionId") == self.session]

    def open(self, url):
        self.browser.events = [e for e in self.browser.events if e["method"] != "Page.loadEventFired"]
        self.call("Page.navigate", url=url)
        end = time.monotonic() + 30
        while not self.events("Page.loadEventFired"):
            assert time.monotonic() < end, f"{url} does not load"
            self.browser.listen(0.05)
        self.browser.listen(0.4)

    def value(self, expression):
        """What an expression of JavaScript comes to."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise AssertionError(f"{expression}: {details.get('exception', {}).get('description', details['text'])}")
        return answer["result"].get("value")

    def wait(self, expression, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.value(expression)
            if found:
                return found
            self.browser.listen(0.05)
        raise AssertionError(f"in {seconds} s never true: {expression}")

    def look(self, width, height, dark=False, reduced=False):
        """The size of the window and what the reader prefers."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced else "no-preference"}])

    def drop(self, selector, path):
        """Drops a file on an element, as a person drags it from a folder."""
        x, y = self.value(
            f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2] }})()")
        data = {"items": [], "files": [os.path.abspath(path)], "dragOperationsMask": 1}
        for kind in ["dragEnter", "dragOver", "drop"]:
            self.call("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    def click(self, selector):
        """Clicks the middle of an element that is in sight."""
        self.value(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center', behavior: 'instant'}})")
        self.browser.listen(0.1)
        x, y = self.value(
            f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2] }})()")
        for kind in ["mousePressed", "mouseReleased"]:
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def press(self, key, code=None, number=0, text=None):
        extra = {"text": text} if text else {}
        for kind in ["keyDown", "keyUp"]:
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key, windowsVirtualKeyCode=number, **(extra if kind == "keyDown" else {}))

    def screenshot(self, path, whole=True):
        """A picture of the page, whole or what is in sight."""
        clip = {}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"clip": {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16000), "scale": 1}, "captureBeyondViewport": True}
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", format="png", **clip)["data"]))

    def complaints(self):
        """What went to the console as an error or a warning, and what threw."""
        found = [f"{e['exceptionDetails']['text']} {e['exceptionDetails'].get('exception', {}).get('description', '')}" for e in self.events("Runtime.exceptionThrown")]
        found += [f"{e['type']}: {[a.get('value') or a.get('description') for a in e['args']]}" for e in self.events("Runtime.consoleAPICalled") if e["type"] in ("error", "warning", "assert")]
        found += [f"{e['entry']['level']}: {e['entry']['text']} {e['entry'].get('url', '')}" for e in self.events("Log.entryAdded") if e["entry"]["level"] in ("error", "warning")]
        return found

    def requests(self):
        return [e["request"]["url"] for e in self.events("Network.requestWillBeSent")]

    def bytes_received(self):
        """The bytes that came over the wire for each address, heads and content."""
        address = {e["requestId"]: e["request"]["url"] for e in self.events("Network.requestWillBeSent")}
        return {address[e["requestId"]]: e["encodedDataLength"] for e in self.events("Network.loadingFinished") if e["requestId"] in address}
