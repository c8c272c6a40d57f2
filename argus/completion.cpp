// Completion for shells: commands, options, and field names where an option takes them.
#include "argus/command.h"
#include "argus/help.h"
#include "argus/help_topics.h"
#include "base/result.h"
#include "base/text.h"
#include "flow/field.h"
#include "shell/classic.h"
#include "shell/options.h"

namespace argus {

namespace {

bool takes_fields(const Option& option) {
  return option.words == ListWords::fields || (option.names[0] == "-m" && option.kind == OptionKind::list);
}

std::string field_words() {
  std::string out;
  for (const FieldInfo& field : all_fields()) out += (out.empty() ? "" : " ") + std::string(field.name);
  return out;
}

std::string command_names() {
  std::string out;
  for (const CommandEntry& entry : all_commands()) out += (out.empty() ? "" : " ") + std::string(entry.name);
  return out;
}

// For each command a line of a shell's case: its options, and those of them that take fields.
std::string cases() {
  std::string out;
  for (const CommandEntry& entry : all_commands()) {
    const Described d = describe(entry);
    std::vector<std::string> options, fields;
    for (const Option& option : d.options.all()) {
      if (option.hidden) continue;
      options.insert(options.end(), option.names.begin(), option.names.end());
      if (takes_fields(option)) fields.insert(fields.end(), option.names.begin(), option.names.end());
    }
    out += fmt::format("    {}) options='{}' with_fields='{}' ;;\n", entry.name, joined(options, " "),
                       joined(fields, " "));
  }
  return out;
}

// For each classic name a line of a shell's case: the command that it stands for.
std::string classic_cases() {
  std::string out;
  for (const ClassicName& classic : classic_names())
    out += fmt::format("    {}) command={} ;;\n", classic.name, classic.command);
  return out;
}

std::string classic_words() {
  std::string out;
  for (const ClassicName& classic : classic_names()) out += (out.empty() ? "" : " ") + std::string(classic.name);
  return out;
}

// bash and zsh share the walk over the line: which command, and which option the word belongs to.
constexpr std::string_view kBash = R"(# Completion of argus for bash.
_argus() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} command=${{COMP_WORDS[1]}} option='' options='' with_fields='' i
  case ${{COMP_WORDS[0]##*/}} in
{classic}    *) if ((COMP_CWORD == 1)); then
      mapfile -t COMPREPLY < <(compgen -W '{commands}' -- "$word")
      return
    fi ;;
  esac
  case $command in
{cases}  esac
  for ((i = COMP_CWORD - 1; i > 0; i--)); do
    if [[ ${{COMP_WORDS[i]}} == - ]]; then return; fi
    if [[ ${{COMP_WORDS[i]}} == -* ]]; then option=${{COMP_WORDS[i]}}; break; fi
  done
  COMPREPLY=()
  if [[ $command == help ]]; then
    mapfile -t COMPREPLY < <(compgen -W '{commands} {topics}' -- "$word")
  elif [[ -n $option && " $with_fields " == *" $option "* && $word != -* ]]; then
    local before=''
    if [[ $word == *,* ]]; then before=${{word%,*}},; fi
    mapfile -t COMPREPLY < <(compgen -P "$before" -W '{fields}' -- "${{word##*,}}")
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  fi
}}
complete -o default -o bashdefault -F _argus argus {called}
)";

constexpr std::string_view kZsh = R"(#compdef argus {called}
# Completion of argus for zsh.
_argus() {{
  local word=${{words[CURRENT]}} command=${{words[2]}} option='' options='' with_fields='' i
  case ${{words[1]:t}} in
{classic}    *) if ((CURRENT == 2)); then
      compadd -- {commands}
      return
    fi ;;
  esac
  case $command in
{cases}  esac
  for ((i = CURRENT - 1; i > 1; i--)); do
    if [[ ${{words[i]}} == - ]]; then return; fi
    if [[ ${{words[i]}} == -* ]]; then option=${{words[i]}}; break; fi
  done
  if [[ $command == help ]]; then
    compadd -- {commands} {topics}
  elif [[ -n $option && " $with_fields " == *" $option "* && $word != -* ]]; then
    compset -P '*,'
    compadd -- {fields}
  elif [[ $word == -* ]]; then
    compadd -- ${{=options}}
  else
    _files
  fi
}}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _argus "$@"
else
  compdef _argus argus {called}
fi
)";

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish() {
  std::string out = "# Completion of argus for fish.\n";
  for (const CommandEntry& entry : all_commands())
    out += fmt::format("complete -c argus -n __fish_use_subcommand -f -a {} -d {}\n", entry.name,
                       fish_quoted(entry.summary));
  out += fmt::format("complete -c argus -n '__fish_seen_subcommand_from help' -f -a '{} {}'\n", command_names(),
                     joined(topic_names(), " "));
  for (const CommandEntry& entry : all_commands()) {
    const Described d = describe(entry);
    for (const Option& option : d.options.all()) {
      if (option.hidden) continue;
      out += fmt::format("complete -c argus -n '__fish_seen_subcommand_from {}'", entry.name);
      for (const std::string& name : option.names)
        out += name.size() == 2 ? fmt::format(" -s {}", name.substr(1)) : fmt::format(" -l {}", name.substr(2));
      if (option.kind != OptionKind::flag) out += " -r";
      if (takes_fields(option)) out += fmt::format(" -f -a '{}'", field_words());
      out += fmt::format(" -d {}\n", fish_quoted(option.help));
    }
  }
  return out;
}

}  // namespace

Result<std::string> completion(std::string_view shell) {
  if (shell == "fish") return fish();
  if (shell != "bash" && shell != "zsh")
    return fail(Errc::usage, "--completion: '{}' is not bash, zsh or fish", escaped(shell));
  return fmt::format(fmt::runtime(shell == "bash" ? kBash : kZsh), fmt::arg("commands", command_names()),
                     fmt::arg("fields", field_words()), fmt::arg("cases", cases()),
                     fmt::arg("topics", joined(topic_names(), " ")), fmt::arg("classic", classic_cases()),
                     fmt::arg("called", classic_words()));
}

}  // namespace argus
