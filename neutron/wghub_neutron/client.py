"""An agent's HTTP API."""

import http.client
import json
import socket
import ssl
import urllib.parse

TIMEOUT_SECONDS = 30


class Refused(Exception):
    """The agent will not do it, and says why; nothing was done."""

    def __init__(self, status, field, message):
        super().__init__(f"{field}: {message}" if field else message)
        self.status = status
        self.field = field


class Unreachable(Exception):
    """The agent does not answer, or is in trouble: to be tried again."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("agent", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Agent:
    """An agent at unix:/PATH, http://ADDRESS:PORT or https://NAME:PORT. A connection for each request: any thread."""

    def __init__(self, url, token=None, ca_file=None, cert_file=None, key_file=None):
        self.url = urllib.parse.urlsplit(url)
        if self.url.scheme not in ("unix", "http", "https"):
            raise ValueError(f"{url}: unix:/PATH, http://ADDRESS:PORT or https://NAME:PORT is wanted")
        self._token = token
        self._tls = None
        if self.url.scheme == "https":
            self._tls = ssl.create_default_context(cafile=ca_file)
            if cert_file:
                self._tls.load_cert_chain(cert_file, key_file)

    def _connection(self):
        if self.url.scheme == "unix":
            return _UnixConnection(self.url.path, TIMEOUT_SECONDS)
        if self.url.scheme == "http":
            return http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=TIMEOUT_SECONDS)
        return http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=TIMEOUT_SECONDS, context=self._tls)

    def _ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = "Bearer " + self._token
        connection = self._connection()
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read()
            answer = json.loads(text) if text else {}
        except (OSError, http.client.HTTPException, ValueError) as e:
            raise Unreachable(f"{self.url.geturl()}: {e}") from e
        finally:
            connection.close()
        if response.status >= 500 or response.status == 401:
            raise Unreachable(f"{self.url.geturl()}: status {response.status}: {answer}")
        if response.status >= 400:
            error = answer.get("error", {})
            raise Refused(response.status, error.get("field", ""), error.get("message", f"status {response.status}"))
        return answer

    def put(self, port):
        return self._ask("PUT", f"/v1/ports/{port['id']}", port)["port"]

    def get(self, port_id):
        return self._ask("GET", f"/v1/ports/{port_id}")["port"]

    def ports(self):
        return self._ask("GET", "/v1/ports")["ports"]

    def delete(self, port_id):
        """No error when it is gone already."""
        try:
            self._ask("DELETE", f"/v1/ports/{port_id}")
        except Refused as e:
            if e.status != 404:
                raise

    def attach(self, port_id, namespace, router_id):
        return self._ask("PUT", f"/v1/ports/{port_id}/attachment", {"namespace": namespace, "router_id": router_id})["port"]

    def detach(self, port_id):
        return self._ask("DELETE", f"/v1/ports/{port_id}/attachment")["port"]

    def sync(self, revision, ports):
        return self._ask("PUT", "/v1/sync", {"revision": revision, "ports": ports})
