"""The front door without a container: this machine's nginx with deploy/nginx, between two ports of 127.0.0.1."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILES = Path(__file__).parent / "nginx"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")

# The header in which clients on this machine say what their addresses are, and what has nginx believe them.
FROM = "X-Test-Address"
REAL_IP = f"set_real_ip_from 127.0.0.1; real_ip_header {FROM};"


@contextmanager
def front_door(folder: Path, listen: str, replica: str, more: str = "", tls: str = "") -> Iterator[int]:
    """nginx at `listen`, in front of the app at `replica`; its process id. `more` is put into its http section.

    With TLS at the address `tls`, what is in /srv and /tmp elsewhere is in `folder`.
    """
    shutil.copytree(FILES, folder / "nginx", dirs_exist_ok=True)
    if tls:
        shutil.copy(FILES / "server-tls.conf", folder / "nginx" / "server.conf")
    for file in (folder / "nginx").glob("*.conf"):
        text = file.read_text().replace("web:8000", replica).replace("listen 8080;", f"listen {listen};")
        text = text.replace("listen 8443 ", f"listen {tls} ")
        text = text.replace("  http2 on;\n", "")  # which Debian 12's nginx doesn't know
        text = text.replace("/tmp/", f"{folder}/").replace("root /etc/nginx;", f"root {folder / 'nginx'};")  # noqa: S108
        text = text.replace("/srv/", f"{folder}/")
        text = re.sub(r"/dev/std(out|err)", str(folder / "nginx.log"), text)
        text = re.sub(r"server \{\s+listen 127.0.0.1:8081;.*?\n  \}", more, text, flags=re.DOTALL)
        file.write_text(text)
    user = "user root;" if os.getuid() == 0 else ""  # whose the folder is
    command = [str(NGINX), "-p", str(folder / "nginx"), "-c", "nginx.conf", "-g", f"daemon off; {user}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            while not is_open(listen):
                if process.poll() is not None:
                    raise RuntimeError(process.communicate()[1])
                time.sleep(0.05)
            yield process.pid
        finally:
            process.terminate()


def is_open(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port))).close()
    except ConnectionRefusedError:
        return False
    return True
