"""The adapters behind ``mailtriage.act.mailbox``: one contract, several servers."""
