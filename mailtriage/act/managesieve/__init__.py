"""ManageSieve (RFC 5804): the scripts of an account on its server.

``wire`` speaks the protocol, ``scripts`` has its commands, ``placing`` puts our script beside whatever is there and
takes it away again.
"""

from mailtriage.act.managesieve.placing import Standing, install, possible, remove, standing_of
from mailtriage.act.managesieve.scripts import Scripts, opened

__all__ = ["Scripts", "Standing", "install", "opened", "possible", "remove", "standing_of"]
