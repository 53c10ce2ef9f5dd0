"""Names as everybody may see them."""


def masked(name: str) -> str:
    """李明 → 李*, 李晓明 → 李*明, 阿依古丽·买买提 → 阿*提."""
    if len(name) <= 1:
        return "*"
    return name[0] + "*" + (name[-1] if len(name) > 2 else "")
