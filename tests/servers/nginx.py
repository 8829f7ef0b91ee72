"""The proxy that the project brings, `deploy/nginx/`, by the nginx on PATH."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.servers.program import Missing, Program, free_port, listens

TEMPLATES = Path(__file__).parents[2] / "deploy/nginx"
SUFFIX = ".template"


def fill_in(templates: Path, folder: Path, variables: Mapping[str, str]) -> Path:
    """The templates with these variables in place, as nginx's own image does it; where nginx begins to read.

    Raises KeyError for a variable that is not given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for template in templates.glob(f"*{SUFFIX}"):
        text = re.sub(r"\$\{(\w+)\}", lambda name: variables[name[1]], template.read_text())
        (folder / template.name.removesuffix(SUFFIX)).write_text(text)
    return folder / "nginx.conf"


def servers(ports: Sequence[int]) -> str:
    """The workers on these ports, in the words of the template; one that refuses is asked again the next time."""
    return " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in ports)


class Nginx(Program):
    """One proxy before workers, with TLS where there is a folder of certificates. Raises Missing."""

    def __init__(
        self,
        folder: Path,
        *,
        static: Path,
        certificates: Path | None = None,
        http_port: int = 0,
        https_port: int = 0,
        body_bytes: int = 10 * 1024 * 1024,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder)
        self.binary = find_nginx()
        self.certificates = certificates
        self.http_port = http_port or free_port()
        self.https_port = https_port or free_port()
        self.port = self.https_port if certificates else self.http_port
        self.static = static
        self.body_bytes = body_bytes
        self._configuration = folder / "conf/nginx.conf"

    def url(self, port: int) -> str:
        """The address of whoever is reached on this port by it."""
        return f"{'https' if self.certificates else 'http'}://127.0.0.1:{port}"

    def serve(self, ports: Sequence[int]) -> None:
        """Starts before the workers on these ports."""
        fill_in(TEMPLATES, self.folder / "conf", self.variables(servers(ports)))
        self.start()

    def variables(self, chat_servers: str) -> dict[str, str]:
        """What the templates want to know."""
        return {
            "ACME_ROOT": str(self.folder),
            "CERTIFICATES": str(self.certificates),
            "CHAT_SERVERS": chat_servers,
            "HTTPS_LISTEN": f"127.0.0.1:{self.https_port}",
            "HTTPS_SUFFIX": f":{self.https_port}",
            "HTTP_LISTEN": f"127.0.0.1:{self.http_port}",
            "NGINX_ACCESS_LOG": str(self.folder / "access"),
            "NGINX_CONF": str(self.folder / "conf"),
            "NGINX_RUN": str(self.folder),
            "PARLEY_BODY_BYTES": str(self.body_bytes),
            "PARLEY_TLS": "true" if self.certificates else "false",
            "STATIC_ROOT": str(self.static),
        }

    def command(self) -> list[str]:
        # As root it would give its work to an account that cannot read the tests' folders.
        account = ["-g", "user root;"] if os.geteuid() == 0 else []
        return [self.binary, "-e", "stderr", "-c", str(self._configuration), *account]

    def answers(self) -> bool:
        # It writes its number once it has all its ports; until then another program may answer on one of them.
        return (self.folder / "nginx.pid").exists() and listens(self.port)

    def reload(self) -> None:
        """New processes take over, the old ones keep what is open."""
        subprocess.run([*self.command(), "-s", "reload"], check=True)


def find_nginx() -> str:
    """The program. Raises Missing."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None:
        raise Missing("no nginx: install nginx, on Debian with `make system-deps`")
    return found
