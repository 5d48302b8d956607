"""The dry-run: exported mail through the first three rooms, with nothing that carries a plan out.

``sources`` finds messages (``mbox``, ``folders``, ``archives``, ``streams`` and ``kinds`` are parts of it),
``judging`` takes them through the rooms, ``parallel`` does so on several cores. ``rows`` is the JSON contract;
``table``, ``csvfile`` and ``page`` show rows to people, ``summary`` counts them, ``output`` says where they go.
``explaining`` looks at one message closely. It imports the rooms and the service's opening; only commands import it.
"""
