"""How a person's data looks where it need not be read in full: recognisable to someone who knows it,
useless else."""


def masked_name(name: str | None) -> str | None:
    """The family name and a star: 王小明 -> 王**, Ann Lee -> A** L**; None stays None."""
    if not name:
        return None
    if name.isascii():
        return " ".join(f"{part[0]}**" for part in name.split())
    return name[0] + "*" * max(1, len(name) - 1)


def masked_phone(phone: str | None) -> str | None:
    """The first three and last four digits of a number long enough to keep the middle hidden; else only
    stars."""
    if not phone:
        return None
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


def masked_email(address: str | None) -> str | None:
    """The first letter of the mailbox and the domain: wang@example.com -> w***@example.com."""
    if not address:
        return None
    box, at, host = address.rpartition("@")
    return f"{box[:1]}***{at}{host}" if at else "***"
