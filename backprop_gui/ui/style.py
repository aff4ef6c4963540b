"""The stylesheet: the calm look of every widget, in the colours of a theme.

A widget says what it is by the property ``role``, set before it is shown (``label.setProperty("role", "heading")``):

========== ============================ ==========================================================
role       widget                       looks like
========== ============================ ==========================================================
heading    QLabel                       a section's heading: small, grey, bold; write it in capitals
muted      QLabel                       grey text beside something
caption    QLabel                       the small grey text over a number; ``tone`` is warning or empty
number     QLabel                       a large bold number
value      QLabel                       a bold number of normal size
compact    QComboBox                    with less room around its text
message    QLabel                       a small sentence; ``tone`` is bad, warning or muted
chip       QLabel                       a rounded label; ``tone`` is good, bad, warning or empty
card       QFrame                       a rounded grey tile without a border
sheet      QFrame                       what stands over the window, as the gallery does
cards      QListView                    rows or cards that paint themselves
moments    QListView                    rows with room around them
search     QLineEdit                    the large line of the command palette
key        QLabel                       a key of the keyboard
panel      QWidget                      the ground of a bar or a side panel
surface    QWidget                      the ground of pictures
line       QFrame                       a thin line
segmented  QFrame                       the grey trough around a row of checkable buttons
primary    QToolButton, QPushButton     the one to press
popup      QFrame                       what stands above the picture for a moment, with a thin border
flat       QToolButton, QPushButton     only its icon or text until the pointer is over it
step       QToolButton                  a small plus or minus
tile       QToolButton, QFrame          a selectable tile; ``outlined`` (bool) makes it white with a border
========== ============================ ==========================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from backprop_gui.paths import resource

if TYPE_CHECKING:
    from backprop_gui.ui.theme import Theme


def stylesheet(theme: Theme, base_px: int) -> str:
    """Return the application's stylesheet for a base font of ``base_px`` pixels."""
    colors = {name: value.name() for name, value in vars(theme).items() if isinstance(value, QColor)}
    files = {f"file_{name}": _file(name) for name in ("arrow-down", "arrow-up", "check")}
    sizes = {"small": f"{base_px - 2}px", "base": f"{base_px}px", "large": f"{base_px + 5}px"}
    text = _TEMPLATE
    for name, value in sorted({**colors, **sizes, **files}.items(), key=lambda item: -len(item[0])):
        text = text.replace(f"@{name}", value)
    return text


def _file(name: str) -> str:
    return resource(f"style/{name}.svg").as_posix()


_TEMPLATE = """
QMainWindow, QDialog { background: @window; }
QMainWindow::separator { background: @border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: @accent; }
QWidget[role="panel"] { background: @window; }
QWidget[role="surface"] { background: @surface; }

QLabel { background: transparent; }
QLabel[role="heading"] { color: @muted; font-size: @small; font-weight: 600; letter-spacing: 0.5px; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="caption"] { color: @muted; font-size: @small; }
QLabel[role="caption"][tone="warning"] { color: @warning; font-weight: 600; }
QLabel[role="message"] { color: @muted; font-size: @small; }
QLabel[role="message"][tone="bad"] { color: @bad; }
QLabel[role="message"][tone="warning"] { color: @warning; }
QLabel[role="number"] { font-size: @large; font-weight: 600; }
QLabel[role="value"] { font-weight: 600; }
QLabel[role="chip"] { background: @tile; color: @text; border-radius: 10px; padding: 3px 10px; font-size: @small; }
QLabel[role="chip"][tone="good"] { background: @good_tint; color: @good; font-weight: 600; }
QLabel[role="chip"][tone="bad"] { background: @bad_tint; color: @bad; font-weight: 600; }
QLabel[role="chip"][tone="warning"] { background: @warning_tint; color: @warning; font-weight: 600; }

QLabel[role="key"] { background: @tile; color: @text; border: 1px solid @border; border-radius: 5px;
    padding: 2px 7px; font-size: @small; }

QFrame[role="card"] { background: @tile; border: none; border-radius: 8px; }
QFrame[role="popup"] { background: @window; border: 1px solid @outline; border-radius: 9px; }
QFrame[role="sheet"] { background: @window; border: 1px solid @border; border-radius: 12px; }
QFrame[role="line"] { background: @border; border: none; max-height: 1px; min-height: 1px; }

QFrame[role="segmented"] { background: @tile; border: none; border-radius: 8px; }
QFrame[role="segmented"] QToolButton { background: transparent; color: @muted; border: 1px solid transparent;
    border-radius: 6px; padding: 4px 11px; margin: 3px; }
QFrame[role="segmented"][tight="true"] QToolButton { padding: 4px 4px; margin: 3px 2px; }
QFrame[role="segmented"] QToolButton:hover { color: @text; }
QFrame[role="segmented"] QToolButton:focus { border-color: @accent; }
QFrame[role="segmented"] QToolButton:checked { background: @window; color: @text; font-weight: 600;
    border-color: @border; }
QFrame[role="segmented"] QToolButton:checked:focus { border-color: @accent; }
QFrame[role="segmented"] QToolButton:disabled { color: @outline; }

QPushButton, QToolButton { background: @window; color: @text; border: 1px solid @border; border-radius: 7px;
    padding: 5px 12px; }
QToolButton { padding: 5px; }
QPushButton:hover, QToolButton:hover { background: @tile; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: @tile; border-color: @outline; }
QPushButton:focus, QToolButton:focus { border-color: @accent; }
QPushButton:disabled, QToolButton:disabled { color: @outline; background: transparent; }
QToolButton::menu-indicator { image: none; }
QPushButton:default, QPushButton[role="primary"], QToolButton[role="primary"] { background: @accent;
    color: @accent_text; border-color: @accent; font-weight: 600; }
QPushButton:default:focus, QPushButton[role="primary"]:focus, QToolButton[role="primary"]:focus {
    border: 2px solid @text; }
QPushButton:default:disabled, QPushButton[role="primary"]:disabled, QToolButton[role="primary"]:disabled {
    background: @tile; color: @outline; border-color: @border; }
QPushButton[role="flat"], QToolButton[role="flat"] { background: transparent; border: 1px solid transparent; }
QPushButton[role="flat"]:hover, QToolButton[role="flat"]:hover { background: @tile; }
QPushButton[role="flat"]:pressed, QToolButton[role="flat"]:pressed { background: @border; }
QPushButton[role="flat"]:focus, QToolButton[role="flat"]:focus { border-color: @accent; }
QToolButton[role="step"] { background: @tile; border: 1px solid transparent; border-radius: 5px; padding: 0; }
QToolButton[role="step"]:hover { border-color: @outline; }
QToolButton[role="step"]:focus { border-color: @accent; }
QToolButton[role="step"]:disabled { background: transparent; }
QToolButton[role="tile"], QFrame[role="tile"] { background: @tile; border: 1px solid transparent;
    border-radius: 8px; padding: 4px; }
QToolButton[role="tile"][outlined="true"], QFrame[role="tile"][outlined="true"] { background: @window;
    border-color: @border; }
QToolButton[role="tile"]:hover, QToolButton[role="tile"]:focus { border-color: @outline; }
QToolButton[role="tile"]:checked { border-color: @accent; }

QSlider { min-height: 20px; background: transparent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent; }
QSlider::handle:horizontal { width: 8px; height: 8px; margin: -4px 0; border-radius: 6px; background: @window;
    border: 2px solid @accent; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { background: @accent; }
QSlider::sub-page:horizontal:disabled { background: @outline; }
QSlider::handle:horizontal:disabled { border-color: @outline; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit { background: @window; color: @text;
    border: 1px solid @border; border-radius: 6px; padding: 3px 7px; min-height: 20px;
    selection-background-color: @accent; selection-color: @accent_text; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: @outline; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border-color: @accent; }
QLineEdit[role="search"], QLineEdit[role="search"]:hover, QLineEdit[role="search"]:focus { border: none;
    background: transparent; font-size: @large; padding: 8px 14px; min-height: 26px; }
QLineEdit[role="count"] { padding: 0 1px; font-weight: 600; }
QLineEdit[invalid="true"] { border-color: @bad; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: @outline; background: @tile; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox[role="compact"] { padding: 2px 0 2px 5px; }
QComboBox[role="compact"]::drop-down { width: 18px; }
QComboBox QAbstractItemView { background: @raised; border: 1px solid @border; padding: 4px; outline: none;
    selection-background-color: @tile; selection-color: @text; }
QComboBox::down-arrow { image: url("@file_arrow-down"); width: 12px; height: 12px; }
QAbstractSpinBox { padding-right: 0; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { background: transparent; border: none; padding: 0; margin: 0 6px;
    min-height: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; background: transparent; width: 18px; }
QAbstractSpinBox::up-arrow { image: url("@file_arrow-up"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("@file_arrow-down"); width: 10px; height: 10px; }

QCheckBox, QRadioButton { spacing: 7px; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid @outline;
    background: @window; border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover, QCheckBox:focus::indicator,
QRadioButton:focus::indicator, QCheckBox::indicator:focus { border-color: @accent; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url("@file_check"); }
QCheckBox::indicator:indeterminate { background: @outline; border-color: @outline; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid @accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: @border; background: @tile; }

QTableView, QTreeView, QListView { background: transparent; border: none; outline: none; gridline-color: transparent;
    selection-background-color: @tile; selection-color: @text; }
QListView { background: @raised; color: @text; }
QListWidget, QListView[role="cards"] { background: transparent; }
QListView[role="cards"]::item:focus { border: none; }
QListView[role="moments"] { background: transparent; }
QListView[role="moments"]::item { padding: 4px 8px; border: 1px solid transparent; border-radius: 6px; }
QListView[role="moments"]::item:selected { background: @tile; color: @text; }
QListView[role="moments"]::item:hover { border-color: @border; }
QListView[role="moments"]:focus::item:selected { border-color: @accent; }
QTableView::item { padding: 2px 4px; border-bottom: 1px solid @border; }
QTableView::indicator { width: 12px; height: 12px; border: 1px solid @outline; background: @window;
    border-radius: 4px; }
QTableView::indicator:checked { background: @accent; border-color: @accent; image: url("@file_check"); }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected { background: @tile; color: @text; }
QTreeView::item:focus, QListView::item:focus, QTableView::item:focus { border: 1px solid @accent; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; color: @muted; border: none; border-bottom: 1px solid @border;
    padding: 3px 4px; font-size: @small; }
QTableCornerButton::section { background: transparent; border: none; }

QTabWidget::pane { border: none; border-top: 1px solid @border; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: @muted; border: none; border-radius: 6px; padding: 5px 11px;
    margin: 3px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { background: @tile; color: @text; font-weight: 600; }

QDockWidget { titlebar-close-icon: none; color: @muted; font-size: @small; font-weight: 600; }
QDockWidget::title { background: @window; padding: 8px 12px 2px 12px; text-align: left; }

QMenuBar { background: @window; color: @text; border-bottom: 1px solid @border; }
QMenuBar::item { background: transparent; padding: 4px 9px; border-radius: 5px; }
QMenuBar::item:selected { background: @tile; }
QMenu { background: @raised; color: @text; border: 1px solid @border; padding: 5px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 5px; }
QMenu::item:selected { background: @tile; color: @text; }
QMenu::item:disabled { color: @outline; }
QMenu::separator { height: 1px; background: @border; margin: 5px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { left: 6px; width: 14px; height: 14px; }
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 6px 8px; }
QStatusBar { background: @window; color: @muted; }
QStatusBar::item { border: none; }
QToolBar { background: @window; border: none; spacing: 4px; }

QProgressBar { background: @tile; border: none; border-radius: 3px; min-height: 6px; max-height: 6px;
    color: transparent; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QGroupBox { border: none; margin-top: 20px; }
QGroupBox::title { subcontrol-origin: margin; color: @muted; font-size: @small; font-weight: 600; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: @border; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @outline; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: @border; }
"""

__all__ = ["stylesheet"]
