#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What each shell really offers for the tools, against what --help of each tool says.

usage: completions-test.py BUILD PREFIX LIBDIR TRACER TOOL...
The build is installed into a folder of its own, and each shell runs there, with TRACER as mp-trace:
bash and zsh on a terminal, where one key writes all candidates into the line; fish says them when
it is asked.
"""
import os
import pwd
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

build, prefix, libdir, tracer, *tools = sys.argv[1:]
work = tempfile.TemporaryDirectory()
root = work.name + '/root' + prefix
here = work.name + '/here'
answers = work.name + '/answers'
points = []


def ok(good, text, why=''):
    points.append(good)
    print(('ok' if good else 'not ok'), len(points), '-', text, flush=True)
    for line in str(why).splitlines() if not good else []:
        print('#', line)


def same(got, expected, text):
    ok(got == expected, text, f'got:      {got}\nexpected: {expected}')


def environment():
    # No locale, no history, no configuration of who runs this; only what was installed.
    # Few commands, because all of them are offered.
    return {'PATH': f'{work.name}/bin:{root}/bin', 'TERM': 'dumb', 'LC_ALL': 'C',
            'HOME': work.name, 'ZDOTDIR': work.name, 'LD_LIBRARY_PATH': f'{root}/{libdir}',
            'XDG_DATA_DIRS': f'{root}/share:/usr/share', 'ANSWERS': answers}


class Terminal:
    """A shell that edits its line: ALL writes all candidates, show says what the line became."""
    ALL = '\x18a'

    def __init__(self, *command, setup):
        child, self.terminal = pty.fork()
        if child == 0:
            os.chdir(here)
            os.execvpe(command[0], command, environment())
        threading.Thread(target=self.drain, daemon=True).start()
        self.type(f'. {setup}\r')
        self.answer()

    def drain(self):
        try:
            while os.read(self.terminal, 4096):
                pass
        except OSError:
            pass

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def answer(self):
        # A shell that says nothing ends the test, and does not hang it.
        signal.alarm(60)
        with open(answers) as fifo:
            words = fifo.read().split('\0')[:-1]
        signal.alarm(0)
        return words

    def offers(self, line):
        self.type(line + self.ALL + '\x01show \r')
        words = self.answer()[len(line.split(' ')) - 1:]
        last = line.split(' ')[-1]
        before = last[:last.index('=') + 1] if '=' in last else ''
        words = [w.removeprefix(before).rstrip('=/') for w in words]
        return [] if words == [last.removeprefix(before)] else words


class Fish:
    def offers(self, line):
        said = subprocess.run(['fish', '--no-config', '-c', FISH, line], env=environment(),
                              cwd=here, capture_output=True, text=True)
        last = line.split(' ')[-1]
        before = last[:last.index('=') + 1] if '=' in last else ''
        words = [w.split('\t')[0].rstrip('/') for w in said.stdout.splitlines()]
        return [w.removeprefix(before) for w in words] + said.stderr.splitlines()


SHOW = "show() { printf '%s\\0' \"$@\" >\"$ANSWERS\"; }\n"
BASH = SHOW + """bind '"\\C-xa": insert-completions'
complete -W 'own-word' aaa-first
show ready
"""
ZSH = SHOW + """fpath=($HOME/root%s/share/zsh/site-functions $fpath)
LISTMAX=9999
unsetopt autolist
autoload -Uz compinit && compinit -u -D
zle -C all-matches complete-word _generic
bindkey '^Xa' all-matches
zstyle ':completion:all-matches:*' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert true
_aaa() { compadd own-word }
compdef _aaa aaa-first
show ready
""" % prefix
FISH = """set fish_complete_path $HOME/root%s/share/fish/vendor_completions.d
set -a fish_complete_path $__fish_data_dir/completions
complete -c aaa-first -f -a own-word
complete -C $argv[1]""" % prefix


FILES = {'a b.contract', 'b.mpt', 'c.txt'}


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)
    return path


def script(name, text):
    os.chmod(write(work.name + '/bin/' + name, text), 0o755)


def prepare():
    subprocess.run(['meson', 'install', '-C', build, '--no-rebuild', '--quiet', '--destdir',
                    work.name + '/root'], check=True, stdout=subprocess.DEVNULL)
    # Root's log would be in the way of the owner's next one.
    owner = os.stat(build)
    os.chown(build + '/meson-logs/install-log.txt', owner.st_uid, owner.st_gid)
    os.mkfifo(answers)
    os.makedirs(here + '/folder')
    for name in FILES:
        write(here + '/' + name, '')
    os.mkdir(work.name + '/bin')
    for tool in 'bash', 'zsh', 'fish', 'sh', 'sed', 'getent':
        os.symlink(shutil.which(tool), work.name + '/bin/' + tool)
    if 'mp-trace' in tools:
        os.symlink(tracer, work.name + '/bin/mp-trace')
    # Fish completes no command that is not there.
    for name in 'aaa-first', 'mp-aaa', 'sudo':
        script(name, '#!/bin/sh\n')


def shells():
    bash = write(work.name + '/bash', '. /usr/share/bash-completion/bash_completion\n' + BASH)
    return {
        'bash': Terminal('bash', '--norc', '--noprofile', '-i', setup=bash),
        'zsh': Terminal('zsh', '-f', '-i', setup=write(work.name + '/zsh', ZSH)),
        'fish': Fish(),
    }


def run(*command):
    return subprocess.run(command, env=environment(), capture_output=True, text=True)


class Help:
    """What --help says: options, and the choices of those that have some."""

    def __init__(self, tool):
        text = run(tool, '--help').stdout.split('\nOptions:\n')[1].split('\n\n')[0]
        self.options, self.choices, self.letter, self.values = [], {}, {}, set()
        for part in re.split(r'\n(?=  (?:-|    --))', '\n' + text)[1:]:
            letter, name, argument, rest = re.match(
                r'\s+(?:-(.), )?--(\S+)(?: (\S+)(?=\s))?(.*)', part, re.S).groups()
            self.options += ['--' + name] + (['-' + letter] if letter else [])
            self.letter[name] = letter
            if argument and argument.isupper():
                self.values.add(name)
            words = re.search(r'\((\S+(?:, \S+)+); default \S+\)$', ' '.join(rest.split()))
            if words:
                self.choices[name] = words[1].split(', ')


def check_options(name, shell, tool, help):
    same(set(shell.offers(f'{tool} -')), set(help.options),
         f'{name}: {tool} has the options of its --help')
    for option, words in help.choices.items():
        forms = [f'--{option} ', f'--{option}=']
        forms += [f'-{help.letter[option]} '] if help.letter[option] else []
        for form in forms:
            same(set(shell.offers(f'{tool} {form}')), set(words),
                 f'{name}: {tool} {form}takes what --help lists')
    for option in sorted(help.values - set(help.choices) -
                         {'signal', 'user', 'contract', 'record', 'from', 'output'}):
        same(shell.offers(f'{tool} --{option} '), [],
             f'{name}: {tool} --{option} takes what only the user can know')


def check_signals(name, shell):
    taken = {s.name[3:] for s in signal.Signals
             if 'signal' not in run('mp-kill', '-s', s.name, '--after', '99').stderr
             and not s.name.startswith('SIGRT')}
    alias = {'IOT': 'ABRT', 'POLL': 'IO'}
    same(set(shell.offers('mp-kill -s ')), {alias.get(s, s) for s in taken},
         f'{name}: mp-kill --signal takes the signals that it takes')
    same(shell.offers('mp-kill '), shell.offers('mp-kill -'),
         f'{name}: mp-kill takes nothing but options')
    for path in root, '~/root' + prefix:
        same(set(shell.offers(f'{path}/bin/mp-kill --signal T')), {'TERM', 'TRAP'},
             f'{name}: {path}/bin/mp-kill is asked')


def check_values(name, shell):
    users = set(shell.offers('mp-trace -u '))
    ok('root' in users and users <= {u.pw_name for u in pwd.getpwall()},
       f'{name}: --user takes users', users)
    same(shell.offers('mp-trace --user=roo'), ['root'], f'{name}: --user=roo becomes root')
    same(shell.offers('mp-trace -qftex'), ['-qftext'], f'{name}: -qftex becomes -qftext')
    for form in '-c ', '--contract ', '--contract=':
        same(set(shell.offers('mp-trace ' + form)), {'a b.contract', 'folder'},
             f'{name}: {form}takes contracts')
    for form in '-r ', '--from=':
        same(set(shell.offers('mp-trace ' + form)), {'b.mpt', 'folder'},
             f'{name}: {form}takes records')
    same(set(shell.offers('mp-trace -o ')), FILES | {'folder'}, f'{name}: --output takes any file')


def check_command(name, shell, helps):
    demos = sorted(t for t in tools if t != 'mp-trace')
    same(set(shell.offers('mp-trace ')), set(demos),
         f'{name}: mp-trace takes commands with a contract')
    got = shell.offers('mp-trace mp-')
    same([set(got[:len(demos)]), sorted(got[len(demos):])], [set(demos), ['mp-aaa', 'mp-trace']],
         f'{name}: what begins alike comes behind them')
    same(shell.offers('mp-trace aaa'), ['aaa-first'], f'{name}: mp-trace takes any other command')
    for line in 'mp-trace mp-kill -', 'mp-trace -q -f tap -- mp-kill -', \
                'mp-trace --format=tap mp-kill -', 'mp-trace -qf tap -n mp-kill -', \
                'sudo mp-trace mp-kill -':
        same(set(shell.offers(line)), set(helps['mp-kill'].options),
             f'{name}: {line} has the options of mp-kill')
    same(set(shell.offers('sudo mp-trace -f tap mp-kill --signal=T')), {'TERM', 'TRAP'},
         f'{name}: values behind mp-trace are those of the demo')
    same(shell.offers('mp-trace -v aaa-first '), ['own-word'],
         f'{name}: any command behind mp-trace is completed as ever')


prepare()
helps = {tool: Help(tool) for tool in tools}

for name, shell in shells().items():
    for tool in tools:
        check_options(name, shell, tool, helps[tool])
    check_signals(name, shell)
    if 'mp-trace' in tools:
        check_values(name, shell)
        check_command(name, shell, helps)
print(f'1..{len(points)}')
sys.exit(not all(points))
