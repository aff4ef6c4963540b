from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QCompleter, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from backprop_gui.paths import resource
from backprop_gui.ui import theme as themes
from backprop_gui.ui.colors import contrast, rgb_of, to_oklab
from backprop_gui.ui.theme import DARK, LIGHT, Theme

BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    themes.apply(qapp, dark=False)


def seen_by(kind: str, rgb: np.ndarray) -> np.ndarray:
    """Return sRGB colours as somebody with a colour blindness sees them."""
    part = rgb / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.array(BLINDNESS[kind]).T, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@BOTH
def test_every_text_can_be_read_on_its_ground(theme: Theme) -> None:
    for ground in (theme.window, theme.surface, theme.raised, theme.tile):
        assert contrast(theme.text, ground) >= 7
        assert contrast(theme.muted, ground) >= 4.5
    for text, ground in (
        ("accent_text", "accent"),
        ("good", "good_tint"),
        ("bad", "bad_tint"),
        ("warning", "warning_tint"),
    ):
        assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5
    for line in (theme.outline, theme.accent, theme.train, theme.test):
        assert contrast(line, theme.surface) >= 3
    for place in np.linspace(-1, 1, 41):
        fill = theme.diverging(place, 1.0)
        assert contrast(theme.text_on(fill), fill) >= 4.5


@BOTH
def test_the_middle_is_the_surface_and_the_ends_are_the_two_colours(theme: Theme) -> None:
    assert theme.diverging(0.0, 3.0) == theme.surface
    assert theme.diverging(3.0, 3.0) == theme.diverging(99.0, 3.0) == theme.positive
    assert theme.diverging(-3.0, 3.0) == theme.negative
    assert theme.diverging(0.0, 0.0) == theme.surface
    assert theme.sequential(0.0) == theme.surface
    assert theme.sequential(1.0) == theme.accent


@BOTH
def test_equal_steps_of_a_number_look_equal_on_both_sides(theme: Theme) -> None:
    table = to_oklab(theme.diverging_table)
    middle = len(table) // 2
    for side in (table[middle:], table[middle::-1]):
        away = np.linalg.norm(side - side[0], axis=1)
        np.testing.assert_allclose(away, np.linspace(0, away[-1], len(away)), atol=0.006)


@BOTH
@pytest.mark.parametrize("kind", BLINDNESS)
def test_colour_blind_people_can_tell_the_signs_and_the_sizes(theme: Theme, kind: str) -> None:
    table = to_oklab(seen_by(kind, theme.diverging_table.astype(float)))
    middle = len(table) // 2
    for side in (table[middle:], table[middle::-1]):
        away = np.linalg.norm(side - side[0], axis=1)
        assert (np.diff(away[::15]) > 0).all()
    apart = np.linalg.norm(table[middle:] - table[middle::-1], axis=1)
    # A difference of 0.02 in OKLab is just noticeable.
    assert apart[len(apart) // 4] > 0.04
    assert apart[-1] > 0.2


@BOTH
def test_a_weight_is_never_as_weak_as_the_surface(theme: Theme) -> None:
    for weight in (1e-9, -1e-9, 0.02, -1.0):
        apart = to_oklab(rgb_of(theme.weight_color(weight, 1.0))) - to_oklab(rgb_of(theme.surface))
        assert np.linalg.norm(apart) > 0.03
    assert theme.weight_color(1e-9, 1.0) != theme.weight_color(-1e-9, 1.0)


@BOTH
def test_the_logarithm_shows_what_the_linear_scale_hides(theme: Theme) -> None:
    def away(color: QColor) -> float:
        return float(np.linalg.norm(to_oklab(rgb_of(color)) - to_oklab(rgb_of(theme.surface))))

    assert away(theme.diverging(1e-3, 1.0)) < 0.01
    assert away(theme.diverging(1e-3, 1.0, symlog=True)) > 0.05
    assert theme.diverging(1.0, 1.0, symlog=True) == theme.positive
    assert theme.diverging(-1e-3, 1.0, symlog=True) != theme.diverging(1e-3, 1.0, symlog=True)


@BOTH
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_has_the_bad_colour(theme: Theme, value: float) -> None:
    assert (
        theme.diverging(value, 1.0) == theme.weight_color(value, 1.0) == theme.sequential(value) == theme.bad
    )


@BOTH
def test_tables_for_images_hold_the_same_scale(theme: Theme) -> None:
    assert theme.sequential_lut.shape == (256, 3)
    assert theme.diverging_table.dtype == theme.sequential_lut.dtype == np.uint8
    assert tuple(theme.diverging_table[0]) == rgb_of(theme.negative)
    assert tuple(theme.diverging_table[-1]) == rgb_of(theme.positive)


def test_a_switch_dresses_everything_and_tells_it(qapp: QApplication, qtbot: QtBot) -> None:
    themes.apply(qapp, dark=False)
    with qtbot.waitSignal(themes.notifier.changed) as told:
        assert themes.apply(qapp, dark=True) is DARK
    assert told.args == [DARK]
    assert themes.current() is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == DARK.window
    label = QLabel("text")
    qtbot.addWidget(label)
    assert label.palette().color(QPalette.ColorRole.WindowText) == DARK.text
    assert "@" not in qapp.styleSheet()


def test_without_a_choice_the_system_decides(qapp: QApplication) -> None:
    dark = themes.apply(qapp).dark
    assert dark == (qapp.styleHints().colorScheme().name == "Dark")


@pytest.mark.parametrize("name", sorted(path.stem for path in resource("icons").glob("*.svg")))
def test_every_icon_draws_something(qapp: QApplication, name: str) -> None:
    picture = themes.icon(name).pixmap(QSize(24, 24), 1.0, QIcon.Mode.Normal, QIcon.State.Off).toImage()
    assert any(picture.pixelColor(x, y).alpha() > 200 for x in range(24) for y in range(24))


def strongest(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> QColor:
    picture = icon.pixmap(QSize(32, 32), 1.0, mode, QIcon.State.Off).toImage()
    return max(
        (picture.pixelColor(x, y) for x in range(32) for y in range(32)), key=lambda color: color.alpha()
    )


def test_an_icon_takes_the_colour_of_the_theme_of_the_moment(qapp: QApplication) -> None:
    themes.apply(qapp, dark=False)
    icon = themes.icon("play")
    assert strongest(icon) == LIGHT.text
    assert strongest(icon, QIcon.Mode.Disabled) != LIGHT.text
    assert strongest(themes.icon("play", "accent_text")) == LIGHT.accent_text
    themes.apply(qapp, dark=True)
    assert strongest(icon) == DARK.text


def test_an_icon_is_drawn_in_the_pixels_of_a_dense_screen(qapp: QApplication) -> None:
    picture = themes.icon("lock").pixmap(QSize(20, 20), 2.0, QIcon.Mode.Normal, QIcon.State.Off)
    assert picture.size() == QSize(40, 40)
    assert picture.devicePixelRatio() == 2


def test_an_icon_that_is_not_there_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        themes.icon("no-such-icon")


def test_digits_ask_the_font_for_equal_widths(qapp: QApplication) -> None:
    font = themes.digits(qapp.font(), pixel_size=17, bold=True)
    assert font.pixelSize() == 17
    assert font.bold() or font.weight() >= 600
    assert [bytes(tag.toString()) for tag in font.featureTags()] == [b"tnum"]


@BOTH
def test_what_pops_up_to_complete_a_name_has_a_ground(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    themes.apply(qapp, dark=theme is DARK)
    field = QLineEdit()
    qtbot.addWidget(field)
    field.setCompleter(QCompleter(["alpha.csv", "alpine.csv"], field))
    popup = field.completer().popup()
    popup.resize(200, 120)
    image = popup.grab().toImage()
    assert image.pixelColor(190, 110) == theme.raised
    assert popup.palette().color(QPalette.ColorRole.Text) == theme.text


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_an_edge_at_rest_can_be_seen_on_either_ground(look: Theme) -> None:
    for sign in (-1, 1):
        assert contrast(look.weight_color(0.01 * sign, 1.0), look.surface) > 1.2
        assert contrast(look.weight_color(0.3 * sign, 1.0), look.surface) > 1.6
