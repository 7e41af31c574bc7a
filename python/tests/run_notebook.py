"""Runs the notebook in an empty folder, and compares what its cells print with what is stored.

With `--write` it stores what they print. Needs nbclient, ipykernel and pandas.
"""

import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parent.parent / "scale-model.ipynb"


def printed(notebook):
    """Returns the text of each cell's output."""
    texts = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        data = [output.get("data", {}).get("text/plain", output.get("text", "")) for output in outputs]
        texts.append("\n".join(data))
    return texts


def main():
    stored = nbformat.read(NOTEBOOK, as_version=4)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    if "--write" in sys.argv[1:]:
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
            for output in cell.get("outputs", []):
                output.get("data", {}).pop("text/html", None)
        names = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
        notebook.metadata = nbformat.from_dict(names)
        nbformat.write(notebook, NOTEBOOK)
        return
    pairs = zip(stored.cells, printed(stored), printed(notebook))
    for number, (cell, before, now) in enumerate(pairs, 1):
        if before != now:
            sys.exit(f"cell {number} prints something else:\n{cell.source}\n{before}\nnow:\n{now}")
    count = sum(bool(text) for text in printed(stored))
    print(f"{count} outputs are as stored")


if __name__ == "__main__":
    main()
