// Completion for shells. Each script gives the line that is typed to `argus help --complete` and offers what it prints:
// a line that says whether file names are offered, too ("words", "files" or "folders"), then a candidate a line, which
// replaces the word, a tab and what it is.
#include "argus/help.h"
#include "base/result.h"
#include "base/text.h"
#include "shell/classic.h"

namespace argus {

namespace {

std::string called() {
  std::string out = "argus";
  for (const ClassicName& classic : classic_names()) out += " " + std::string(classic.name);
  return out;
}

// bash cuts words at '=' and ':', and replaces only the last piece of one.
constexpr std::string_view kBash = R"(# Completion of argus for bash.
_argus() {{
  local line=${{COMP_LINE:0:COMP_POINT}} rest piece word cut='' kind='' candidate program=argus i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest=${{line#"${{line%%[![:space:]]*}}"}} piece=${{COMP_WORDS[i]}}
    if ((i == COMP_CWORD)); then piece=$rest; fi
    if ((i > 0)) && [[ $rest == "$line" ]]; then words[-1]+=$piece; else words+=("$piece"); fi
    line=${{rest#"$piece"}}
  done
  word=${{words[-1]}}
  if [[ $word == [\'\"]* ]]; then
    words[-1]=${{word:1}}
  elif [[ $word == *[=:]* ]]; then
    cut=${{word%"${{word##*[=:]}}"}}
  fi
  if [[ ${{words[0]}} == */argus ]]; then program=${{words[0]/#\~/$HOME}}; fi
  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    if [[ -z $kind ]]; then kind=$candidate; else COMPREPLY+=("${{candidate#"$cut"}}"); fi
  done < <(printf '%s\0' "${{words[@]}}" | command "$program" help --complete 2>/dev/null)
  if [[ ${{COMPREPLY[0]}} == *: ]]; then compopt -o nospace 2>/dev/null; fi
  case $kind in
    files) compopt -o default 2>/dev/null ;;
    folders) compopt -o dirnames 2>/dev/null ;;
  esac
}}
complete -F _argus {called}
)";

constexpr std::string_view kZsh = R"(#compdef {called}
# Completion of argus for zsh.
_argus() {{
  local -a answer shown
  local program=argus one typed=${{(Q)PREFIX}}
  if [[ $words[1] == */argus ]]; then program=${{~words[1]}}; fi
  answer=("${{(@f)$(printf '%s\0' "${{(@Q)words[1,CURRENT-1]}}" "$typed" |
    command $program help --complete 2>/dev/null)}}")
  for one in "${{(@)answer[2,-1]}}"; do
    shown+=("${{${{one%%$'\t'*}}//:/\\:}}:${{one#*$'\t'}}")
  done
  case $answer[1] in
    files) _files ;;
    folders) _files -/ ;;
  esac
  if [[ $#shown == 1 && ${{answer[2]%%$'\t'*}} == *: ]]; then
    _describe -V argus shown -S ''
  else
    _describe argus shown
  fi
}}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _argus "$@"
else
  compdef _argus {called}
fi
)";

constexpr std::string_view kFish = R"(# Completion of argus for fish.
function __argus_complete
  set -l words (commandline -opc)
  set -l word (string replace -r '^[\'"]' '' -- (commandline -ct))
  set -l program argus
  string match -q -- '*/argus' $words[1]; and set program $words[1]
  set -l answer (printf '%s\0' $words "$word" | command $program help --complete 2>/dev/null)
  switch "$answer[1]"
    case files
      __fish_complete_path "$word"
    case folders
      __fish_complete_directories "$word"
  end
  printf '%s\n' $answer[2..-1]
end
for name in {called}
  complete -c $name -e
  complete -c $name -f -a '(__argus_complete)'
end
)";

}  // namespace

Result<std::string> completion(std::string_view shell) {
  if (shell != "bash" && shell != "zsh" && shell != "fish")
    return fail(Errc::usage, "--completion: '{}' is not bash, zsh or fish", escaped(shell));
  const std::string_view script = shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish;
  return fmt::format(fmt::runtime(script), fmt::arg("called", called()));
}

}  // namespace argus
