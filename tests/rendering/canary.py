"""A server that counts who calls it, and the bytes of a PDF with all that is packed in it."""

import re
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = b"a-secret-that-no-document-may-hold"


class Canary:
    """A server that counts who calls it."""

    def __init__(self):
        self.hits: list[str] = []
        canary = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                canary.hits.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(SECRET)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def inflated(pdf):
    """The bytes of the file with all that is packed in it."""
    parts = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(parts)
