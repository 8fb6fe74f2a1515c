from turdify.cli import main

main()
