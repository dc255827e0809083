"""The safety plan: written together with the client, kept where only its workers read it (domain.md 4).

`state.py` holds what stands in the plan; `page.py` reads, keeps and saves it; each pane shows one part of it.
"""
