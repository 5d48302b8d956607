"""The fourth room: carrying plans out on a mailbox, through the journal.

``mailbox`` says what a mailbox can do; ``imap`` and ``memory`` are mailboxes; ``hands`` carries out intents; ``teller``
tells staff by a digest.
"""
