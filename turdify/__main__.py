"""What `turdify` starts: what little comes before the command line is loaded, which takes a second."""

from turdify.interrupts import end_at_interrupts, hold_interrupts


def main() -> None:
    hold_interrupts()
    from turdify.heap import restart_with_huge_pages

    restart_with_huge_pages()
    end_at_interrupts()
    from turdify import cli

    cli.main()


if __name__ == "__main__":
    main()
