"""Files that were meant to be read, and are not."""

from __future__ import annotations

import pytest

from chargen.dialects.recognise import misnamed


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("a/imagery.yml", "imagery.yaml"),
        ("a/Imagery.yaml", "imagery.yaml"),
        ("IMAGERY.YAML", "imagery.yaml"),
        ("a/IMAGERY.YML", "imagery.yaml"),
        ("chargen.yml", "chargen.yaml"),
        ("Chargen.yaml", "chargen.yaml"),
        ("a/imagry.yaml", "imagery.yaml"),
        ("a/image_ideas.yml", "image_ideas.yaml"),
        ("a/image-ideas.yml", "image-ideas.yaml"),
        ("a/images-ideas.yaml", "image-ideas.yaml"),
        ("a/image-idea.yaml", "image-ideas.yaml"),
        ("a/Image-Ideas.yaml", "image-ideas.yaml"),
    ],
)
def test_a_file_with_nearly_the_right_name_is_told(path: str, meant: str) -> None:
    assert str(misnamed(path)) == f"{path}: warning: this file is not read (chargen reads {meant}: rename it)"


@pytest.mark.parametrize(
    "path",
    [
        "imagery.yaml",
        "a/imagery.yaml",
        "chargen.yaml",
        "a/chargen.yml",
        "a/imagery.yaml.bak",
        "notes.yml",
        "a/image-ideas.yaml",
        "a/image_ideas.yaml",
        "a/imagery-notes.yaml",
        "a/imagery2.yaml",
        "a/image-ideas-old.yaml",
        "a/images.yaml",
        "a/chapter.visual-plan.yaml",
        "a/imagery/yaml",
        "yml",
        "",
    ],
)
def test_other_files_are_nobodys_business(path: str) -> None:
    assert misnamed(path) is None
