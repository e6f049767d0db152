# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of @TOOL@ for fish; the tool itself says what to offer.

function __@FUNCTION@_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l tool (string replace -r '^~/' $HOME/ $words[1])
    set -l answer ($tool --complete $words[2..] "$current" 2>/dev/null)
    set -l head (string split ' ' -- $answer[1])
    set -q head[2]; or return
    set -l skipped (string sub -l $head[1] -- $current)
    set -l value (string sub -s (math $head[1] + 1) -- $current)
    switch $head[2]
        case words
            printf '%s\n' $skipped$answer[2..]
        case users
            printf '%s\n' $skipped(__fish_complete_users)
        case files
            set -l files (complete -C "'' $value")
            printf '%s\n' $skipped(string match -- $head[3] $files; string match -- '*/' $files)
        case command
            set -l command $words[(math $head[3] + 1)..]
            set -q answer[2]; and printf '%s\n' $answer[2..]
            complete -C (string join ' ' -- (string escape -- $command) $current)
    end
end

complete -c @TOOL@ -f -k -a '(__@FUNCTION@_complete)'
