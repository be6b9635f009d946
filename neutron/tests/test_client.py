import http.server
import json
import pathlib
import socketserver
import tempfile
import threading
import unittest

from wghub_neutron import client


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class _Handler(http.server.BaseHTTPRequestHandler):
    answers = {}
    seen = []

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append((self.command, self.path, json.loads(body) if body else None, self.headers.get("Authorization")))
        status, answer = self.answers.get((self.command, self.path), (404, {"error": {"field": "", "message": "no such"}}))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode() if answer is not None else b"")

    do_GET = do_PUT = do_DELETE = _answer

    def address_string(self):
        return "unix"

    def log_message(self, *args):
        pass


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.path = str(pathlib.Path(self.directory.name) / "agent.sock")
        self.server = _Server(self.path, _Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        _Handler.answers, _Handler.seen = {}, []
        self.agent = client.Agent("unix:" + self.path, token="t")

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        self.directory.cleanup()

    def test_a_port_is_put_with_the_token(self):
        _Handler.answers["PUT", "/v1/ports/7"] = (201, {"port": {"id": "7", "status": "ACTIVE"}})
        self.assertEqual("ACTIVE", self.agent.put({"id": "7"})["status"])
        self.assertEqual([("PUT", "/v1/ports/7", {"id": "7"}, "Bearer t")], _Handler.seen)

    def test_a_refusal_names_the_field(self):
        _Handler.answers["PUT", "/v1/ports/7"] = (400, {"error": {"field": "fixed_ips", "message": "a spoke needs an address"}})
        with self.assertRaises(client.Refused) as caught:
            self.agent.put({"id": "7"})
        self.assertEqual((400, "fixed_ips", "fixed_ips: a spoke needs an address"),
                         (caught.exception.status, caught.exception.field, str(caught.exception)))

    def test_an_agent_in_trouble_is_tried_again_and_not_believed(self):
        for status in (500, 503, 401):
            _Handler.answers["GET", "/v1/ports"] = (status, {})
            with self.assertRaises(client.Unreachable):
                self.agent.ports()
        with self.assertRaises(client.Unreachable):
            client.Agent("unix:" + self.path + ".not").ports()

    def test_what_is_gone_is_deleted(self):
        self.agent.delete("7")
        _Handler.answers["DELETE", "/v1/ports/7"] = (409, {"error": {"field": "", "message": "no"}})
        with self.assertRaises(client.Refused):
            self.agent.delete("7")

    def test_only_three_kinds_of_address(self):
        with self.assertRaises(ValueError):
            client.Agent("/run/wg-hub/agent.sock")


if __name__ == "__main__":
    unittest.main()
