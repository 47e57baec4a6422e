"""`completion`: what a shell needs to complete our subcommands and their options."""

import argparse

DETAIL = 'For bash: eval "$(novelfoundry completion bash)" in ~/.bashrc; the same for zsh. For fish: … | source.'

_BASH = """\
_novelfoundry() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} words
    case ${{COMP_CWORD}}:${{COMP_WORDS[1]}} in
        1:*) words="{names}" ;;
{cases}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o bashdefault -o default -F _novelfoundry novelfoundry
"""
_ZSH = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The grammar of the subcommand."""
    parser.add_argument("shell", choices=["bash", "zsh", "fish"], help="which shell")


def main(asked: argparse.Namespace) -> int:
    """Prints the script."""
    options = _options()
    print(_fish(options) if asked.shell == "fish" else (_ZSH if asked.shell == "zsh" else "") + _bash(options), end="")
    return 0


def _options() -> dict[str, list[str]]:
    """The options of each subcommand, from the grammar itself."""
    from command.cli import parser  # which knows of this module

    [commands] = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return {name: _words(command) for name, command in commands.choices.items()}


def _words(command: argparse.ArgumentParser) -> list[str]:
    return sorted({word for each in command._actions for word in (*each.option_strings, *(each.choices or ()))})


def _bash(options: dict[str, list[str]]) -> str:
    cases = "\n".join(f'        *:{name}) words="{" ".join(words)}" ;;' for name, words in options.items())
    return _BASH.format(names=" ".join(options), cases=cases)


def _fish(options: dict[str, list[str]]) -> str:
    lines = [f"complete -c novelfoundry -n __fish_use_subcommand -f -a '{' '.join(options)}'"]
    for name, words in options.items():
        lines.append(f"complete -c novelfoundry -n '__fish_seen_subcommand_from {name}' -a '{' '.join(words)}'")
    return "\n".join(lines) + "\n"
