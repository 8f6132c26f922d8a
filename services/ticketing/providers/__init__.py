"""Adapters to the outside: WeChat, work accounts, OpenID Connect. Only these files and the senders speak HTTP."""
