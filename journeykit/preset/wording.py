"""What the parts of a preset are called."""

from __future__ import annotations

from journeykit.i18n import in_language

WORDS: dict[str, tuple[str, str]] = {
    "expected": ("What to expect", "预期效果"),
    "watch": ("What to watch", "关注要点"),
    "offers": ("Offers it brings", "所需权益"),
    "journey": ("The journey", "策略流程"),
    "list": ("{} presets", "{} 个预置策略"),
    "none": (
        "No preset says anything of that; jk.presets lists all",
        "没有匹配的预置策略，输入 jk.presets 查看全部",
    ),
    "name": ("Name", "名称"),
    "title": ("Title", "标题"),
    "stage": ("Stage", "阶段"),
    "about": ("What it does", "做什么"),
}


def word(key: str, language: str) -> str:
    """The word for a part, in English or Chinese."""
    return in_language(language, *WORDS[key])
