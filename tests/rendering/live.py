"""Whether HTML would do something: run a script, fetch something, speak to htmx."""

from html.parser import HTMLParser

LOADING = {"script", "img", "iframe", "object", "embed", "video", "audio", "source", "link", "style", "svg", "math"}
ACTING = {"form", "input", "button", "meta", "base", "details", "template", "marquee", "body", "noscript"}


class Watcher(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.seen = []

    def handle_starttag(self, tag, attrs):
        if tag in LOADING | ACTING:
            self.seen.append(tag)
        for name, value in attrs:
            value = "".join((value or "").split()).lower()
            if name.startswith(("on", "hx-", "data-")) or name in {"style", "srcdoc", "src", "id", "name"}:
                self.seen.append(f"{tag} {name}")
            if value.startswith(("javascript:", "data:", "vbscript:")):
                self.seen.append(f"{tag} {name}={value}")

    handle_startendtag = handle_starttag


def live_parts(html):
    """The parts of the HTML that would do something."""
    watcher = Watcher()
    watcher.feed(html)
    watcher.close()
    return watcher.seen
