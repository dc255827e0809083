"""The pages of a document as they will be printed, held in memory: print, save as PDF, close."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeySequence, QPainter, QShortcut
from PySide6.QtPdf import QPdfDocument, QPdfDocumentRenderOptions
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.errors import EnvironmentProblem
from app.views import style
from app.views.common.banner import Banner
from app.views.common.buttons import IconButton, PrimaryButton, QuietButton, SecondaryButton
from app.views.common.text import Heading, QuietText
from app.views.common.whole_file import write_whole
from app.views.common.wording import Wording, say
from app.views.messages import Messages, Tone
from app.words import tr, trn

_PRINT_DPI = 300


class PreviewWindow(QDialog):
    """Shows a PDF. `leaving(export, then)` authorises and audits printing or saving, and calls `then` when allowed.

    `note` stands above the pages: what is not among them, and why.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        pdf: bytes,
        *,
        file_name: str,
        leaving: Callable[[bool, Callable[[], None]], None],
        messages: Messages,
        note: Wording = "",
    ) -> None:
        super().__init__(parent)
        self.pdf = pdf
        self._title, self._file_name, self._leaving, self._messages = title, file_name, leaving, messages
        self.setWindowTitle("Haven")
        room = self.screen().availableGeometry()
        self.resize(min(1000, room.width() - 40), min(860, room.height() - 80))
        self.document = QPdfDocument(self)
        self._buffer = QBuffer(self)
        self._buffer.setData(QByteArray(pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)
        self.view = QPdfView(self)
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setAccessibleName(tr("Pages of the document"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.space(4), style.space(4), style.space(4), style.space(4))
        layout.setSpacing(style.space(3))
        layout.addLayout(self._head())
        if say(note):
            layout.addWidget(Banner("warning", note))
        layout.addWidget(self.view, 1)
        QShortcut(QKeySequence.StandardKey.Print, self, self.print_pages)
        QShortcut(QKeySequence.StandardKey.Save, self, self.save)

    def print_pages(self) -> None:
        """Choose a printer and print; the permission and its audit entry come first."""
        self._leaving(False, self._choose_printer)

    def save(self) -> None:
        """Save the PDF where the person says; the permission and its audit entry come first."""
        self._leaving(True, self._choose_file)

    def write_to(self, path: Path) -> None:
        """Write the file so that it is whole or not there. Raises EnvironmentProblem."""
        write_whole(path, self.pdf)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(style.space(2))
        titles = QVBoxLayout()
        titles.addWidget(Heading(self._title, 2))
        titles.addWidget(QuietText(lambda: trn("{count} page", "{count} pages", self.document.pageCount())))
        row.addLayout(titles, 1)
        nearer = IconButton("plus", lambda: tr("Larger"))
        nearer.clicked.connect(lambda: self._zoom(1.2))
        farther = IconButton("minus", lambda: tr("Smaller"))
        farther.clicked.connect(lambda: self._zoom(1 / 1.2))
        save = SecondaryButton(lambda: tr("Save as PDF"), "save")
        save.setObjectName("preview.save")
        save.clicked.connect(self.save)
        close = QuietButton(lambda: tr("Close"))
        close.setObjectName("preview.close")
        close.clicked.connect(self.accept)
        paper = PrimaryButton(lambda: tr("Print"), "print")
        paper.setObjectName("preview.print")
        paper.clicked.connect(self.print_pages)
        for button in (farther, nearer, close, save, paper):
            row.addWidget(button)
        return row

    def _zoom(self, factor: float) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(max(0.3, min(4.0, self.view.zoomFactor() * factor)))

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("Save as PDF"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(self._file_name)
        dialog.fileSelected.connect(lambda chosen: self._save_as(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save_as(self, path: Path) -> None:
        try:
            self.write_to(path)
        except EnvironmentProblem as problem:
            self._messages.failed(problem)
            return
        self._messages.say(
            tr("Saved. The file is not encrypted any more: keep it where only the right people find it."), Tone.WARNING
        )

    def _choose_printer(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName("Haven")
        printer.setResolution(_PRINT_DPI)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: self.paint_on(printer))
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)  # QPrintDialog hides it behind a form that takes a slot by name

    def paint_on(self, printer: QPrinter) -> None:
        """Draw every page on the printer, each filling its sheet."""
        painter = QPainter(printer)
        try:
            for number in range(self.document.pageCount()):
                if number:
                    printer.newPage()
                painter.drawImage(QRectF(painter.viewport()), self._page(number))
        finally:
            painter.end()

    def _page(self, number: int) -> QImage:
        points = self.document.pagePointSize(number)
        size = QSize(round(points.width() * _PRINT_DPI / 72), round(points.height() * _PRINT_DPI / 72))
        options = QPdfDocumentRenderOptions()
        drawn = self.document.render(number, size, options)
        paper = QImage(size, QImage.Format.Format_RGB32)
        paper.fill(Qt.GlobalColor.white)
        painter = QPainter(paper)
        painter.drawImage(0, 0, drawn)
        painter.end()
        return paper
