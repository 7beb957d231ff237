"""
A whole world as a writer keeps it in the memoryquill shape, in words of our own: one chapter, two characters, three
locations of different untidiness, and a native file among them. 26 wanted pictures, one of which nothing describes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.worlds import Files

LFS_POINTER: Final = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "ab" * 32 + "\nsize 1234\n"
CONFIG: Final = """\
style: {medium: gouache on grey paper}
limits: {list_lag: 0, images_per_minute: 6000, requests_per_minute: 6000}
"""
CHAPTER: Final = """\
metadata:
  entity_type: "chapter-imagery"
  slug: "ch02-low-tide"
  chapter_title: 'Low Tide'
  color_palette:
    primary: ["#5a6b6f"]
  generation_defaults: {provider: openai, model: dall-e-3, quality: hd}
locations:
  - ref: salt-lode
    zones:
    - id: "brine-gate"
      chapter_context: |
        The tide is out, and the gate
        hangs over wet sand.
moments:
  - {id: m-01, title: "The bell", narrative_beat: "She rings it twice."}

images:
  - custom_id: "ch02-low-tide-img-01-01"     # the opener
    source_moment: m-01
    scene_id: scn-02-01
    image_type: hero
    aspect_ratio: "21:9"
    size: "1792x768"
    scene_mood: hushed
    visual_description: |
      Two figures on wet sand below
      a hanging gate.
    composition_notes: >
      Wide, the gate high
      in the frame.
    depicts_characters:
    - edda-quill
    - tam-reed
    character_states:
      edda-quill: 'boots in one hand'
      Tam: looking back
    location: salt-lode
    zone: brine-gate
    lighting: {primary_source: flat morning, quality: soft}
    palette:
        dominant: [sand, slate]
        avoid: ["neon"]
    negative_prompt: "text, watermark, boats (near, or far)"
    tags: [tide, opener]
    generated_at: null
    file_name: null
    file_path: null
    provider: null
    model: null
    provider_metadata: {}

  - custom_id: ch02-low-tide-img-01-02
    scene_id: scn-02-01
    visual_description: A bell rope, frayed.
    depicts_characters: []
    location: salt-lode/winding-house
    generated_at: null
    file_path: null
    provider_metadata: {}
  - {custom_id: ch02-low-tide-img-02-01, scene_id: scn-02-02, visual_description: "a door, half open", location: gull-inn, zone: back-stair}
  - custom_id: "ch02-low-tide-img-02-02"
    scene_id: scn-02-02
    visual_description: the landlord counts coins
    depicts_characters: [orso-the-landlord]
    generated_images: []
"""
EDDA: Final = """\
entity_type: "character"
slug: "edda-quill"
appearance: "A spare woman of sixty with ink on her cuffs."
prompts: []
image_inventory:
  - id: "edda-quill-portrait"
    path: "images/portrait.png"
    is_reference_portrait: true
    status: "approved"
  - id: edda-quill-edda-quill-mending-nets-1766292459141-2025-12-21-01
    path: images/edda-quill-mending-nets-1766292459141-2025-12-21.jpg
    status: approved
    content: {title: Nets}
  - {id: edda-quill-old, path: images/gone.png, status: approved}
"""
EDDA_IDEAS: Final = """\
character:
  name: Edda Quill
  summary: keeper of the tide book
visual_consistency:
- "ink-stained cuffs"
- 'Expression: patient'
scenes:
- title: Mending Nets
  scene: Edda mends a net by the door.
  pose: seated, head bent
  setting: a doorway
  mood: Patience, and salt in the air
  tags:
  - work
- title: The Tide Book
  scene: >-
    She writes the hour
    of the turn.
  pose: standing at a slant desk
  depicts_characters: [tam-reed]
- title: The Tide Book
  scene: The book lies open in the rain.
- title: Walking Home
  scene: Edda walks the dike with a lantern.
"""
TAM: Final = "entity_type: character\nslug: tam-reed\nappearance: A boy of twelve.\nimage_inventory: []"
TAM_IDEAS: Final = """\
character: {name: Tam Reed}
scenes:
    - title: On the Gate
      scene: Tam sits on the gate.
    - title: The First Crossing
      scene: Tam rows, too fast.
"""
SALT_LODE: Final = """\
metadata:
  entity_type: location-imagery
  slug: salt-lode
  name: The Salt Lode
location_visual_anchor:
  signature_elements: ["a gate on chains", "white crust on black timber"]
  materials: {timber: tarred oak}
overview:
  slug: salt-lode-overview
  visual_description: |
    Pans and sheds below the dike.
  time_of_day: noon
  generated_at: null
  file_path: null
  provider_metadata: {}
zones:
  - slug: salt-lode-brine-gate
    name: "Brine Gate"
    visual_description: The gate, closed.   # keep it plain
    required_elements:
      - chains
      - rust
    prompt_used: "oil painting, a gate"
  - slug: winding-house
    visual_description: A wheel in a dark shed.
    file_path: images/winding-house.png
  - slug: pan-row
    visual_description: Shallow pans, each a mirror.
    camera: {angle: low, framing: wide}
beat_images:
  - slug: the-bell
    description: The bell swings.
    zone_ref: brine-gate
    key_visual_elements: [the rope]
    references:
      - {type: character_portrait, slug: edda-quill, reason: ringing}
"""
GULL_INN: Final = """\
# the inn, untidy
metadata: {entity_type: location-imagery, location_slug: gull-inn, location_name: The Gull}
generation_defaults:
    aspect_ratio: '16:9'
    size: 1344x768
overview:
    primary:
        description: The inn from the road.
        mood: homely
    secondary:
        narrative_context: The inn at night.
zones:
-   zone_slug: common-room
    zone_name: The Common Room
    zone_description: low beams, a long bench
    zone_visual_anchor: {light_character: amber}
    default_prompt_elements:
        must_include: [a fire]
        must_avoid: [daylight]
    images:
    -   image_slug: common-room-full
        description: every seat is taken
    -   image_slug: common-room-empty
        prompt: an empty room, chairs on tables
-   zone_name: Back Stair
    narrative_context: A stair nobody sweeps.
    generated_images:
    -   custom_id: back-stair
        file_path: images/lost.png
beat_images:
-   beat_slug: the-toast
    beat_title: The Toast
    narrative_context: They drink to the tide.
    zone: common-room
    image_spec: {composition: {foreground: mugs}, scene_mood: merry}
"""
FERRY: Final = """\
metadata:
  entity_type: location-imagery
  location_slug: ferry
overview:
  establishing: {slug: ferry-overview, prompt_used: "oil painting, a ferry on a grey river"}
parts:
  - {title: The Rope, description: a rope across the water}
  - title: The Far Bank
    notes: to be written
"""
QUAY: Final = """\
schema: chargen/imagery@1
kind: location
slug: quay
scenes:
  - id: noon
    shots:
      - {id: wide, subject: the whole quay, characters: [{ref: edda-quill}]}
      - {id: rope, subject: a coil of rope}
"""
TEXTS: Final = {
    "chapters/ch02-low-tide/imagery.yaml": CHAPTER,
    "characters/edda-quill/imagery.yaml": EDDA,
    "characters/edda-quill/image-ideas.yaml": EDDA_IDEAS,
    "characters/tam-reed/imagery.yaml": TAM,
    "characters/tam-reed/image_ideas.yaml": TAM_IDEAS,
    "locations/salt-lode/imagery.yaml": SALT_LODE.replace("\n", "\r\n"),
    "locations/gull-inn/imagery.yaml": GULL_INN,
    "locations/ferry/imagery.yaml": FERRY,
    "locations/quay/imagery.yaml": QUAY,
}
MADE: Final = {
    "character/edda-quill/mending-nets/main": "characters/edda-quill/images/edda-quill-mending-nets-1766292459141-2025-12-21.jpg",
    "location/salt-lode/winding-house/main": "locations/salt-lode/images/winding-house.png",
}
PORTRAIT: Final = "characters/edda-quill/images/portrait.png"
UNDESCRIBED: Final = "locations/ferry/imagery.yaml:8:5"
WANTED: Final = (
    "chapter/ch02-low-tide/scn-02-01/img-01-01",
    "chapter/ch02-low-tide/scn-02-01/img-01-02",
    "chapter/ch02-low-tide/scn-02-02/img-02-01",
    "chapter/ch02-low-tide/scn-02-02/img-02-02",
    "character/edda-quill/mending-nets/main",
    "character/edda-quill/the-tide-book-1fc6a7/main",
    "character/edda-quill/the-tide-book-6d83dc/main",
    "character/edda-quill/walking-home/main",
    "character/tam-reed/on-the-gate/main",
    "character/tam-reed/the-first-crossing/main",
    "location/ferry/overview/establishing",
    "location/ferry/the-rope/main",
    "location/gull-inn/back-stair/main",
    "location/gull-inn/beats/the-toast",
    "location/gull-inn/common-room/common-room-empty",
    "location/gull-inn/common-room/common-room-full",
    "location/gull-inn/overview/primary",
    "location/gull-inn/overview/secondary",
    "location/quay/noon/rope",
    "location/quay/noon/wide",
    "location/salt-lode/beats/the-bell",
    "location/salt-lode/brine-gate/main",
    "location/salt-lode/overview/main",
    "location/salt-lode/pan-row/main",
    "location/salt-lode/winding-house/main",
)


def untidy_world(portrait: bytes) -> Files:
    """Every file of the world, with the pictures that are there already."""
    made = {path: LFS_POINTER if path.endswith(".jpg") else portrait for path in MADE.values()}
    return {"chargen.yaml": CONFIG, **TEXTS, **made, PORTRAIT: portrait}
