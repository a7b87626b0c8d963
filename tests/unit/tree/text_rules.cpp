#include <algorithm>
#include <regex>

#include "unit/tree/lines.hpp"
#include "unit/tree/rules.hpp"

namespace partnerd::tree {

namespace {

constexpr int function_lines_max = 70, file_lines_max = 400;

bool is_prose(std::string_view path) { return has_extension(path, {".md", ".txt", ".csv", "LICENSE"}); }

// The words are written in two halves, so that this file does not break its own rule.
std::regex const& unfinished() {
    static std::regex const pattern(
        "\\b(TO"
        "DO|FIX"
        "ME|X"
        "XX|HA"
        "CK|not imple"
        "mented|unimple"
        "mented|[Pp]lace"
        "holder|[Ss]t"
        "ub|[Ff]or n"
        "ow|in a re"
        "al)\\b");
    return pattern;
}

std::regex const& machine_path() {
    static std::regex const pattern(
        "(^|[^A-Za-z0-9_.*/-])/(wo"
        "rk/|ro"
        "ot/|ho"
        "me/[a-z]|tm"
        "p/)");
    return pattern;
}

bool matches(std::string_view line, std::regex const& pattern) {
    return std::regex_search(line.data(), line.data() + line.size(), pattern);
}

std::string_view without_trailing_space(std::string_view line) { return line.substr(0, line.find_last_not_of(" \t\r") + 1); }

// Where a function at the margin begins: "int f(int a) {", or a '{' alone.
bool opens_function(std::string_view line) {
    auto const text = without_trailing_space(line);
    if (text == "{") return line[0] == '{';
    if (text.empty() || text.back() != '{' || !(std::isalpha(static_cast<unsigned char>(line[0])) || line[0] == '_')) return false;
    auto const close = text.rfind(')');
    return close != std::string_view::npos && text.find(';', close) == std::string_view::npos;
}

Violations check_functions(File const& file) {
    Violations found;
    int start = 0;
    for_each_line(file.text, [&](int number, std::string_view line) {
        if (start == 0 && opens_function(line)) start = number;
        if (line.empty() || line[0] != '}' || start == 0) return;
        if (number - start > function_lines_max)
            found.push_back(
                violation(file.path, start,
                          "the function has " + std::to_string(number - start) + " lines: at most " + std::to_string(function_lines_max)));
        start = 0;
    });
    return found;
}

}  // namespace

Violations check_coroutines(File const& file) {
    Violations found;
    if (!is_cpp(file.path)) return found;
    static std::regex const pattern(
        "\\bco_"
        "(await|return|yield)\\b");
    for_each_line(file.text, [&](int number, std::string_view line) {
        if (matches(line, pattern))
            found.push_back(violation(file.path, number, "a coroutine: g++ 12 destroys temporaries of theirs twice; use callbacks"));
    });
    return found;
}

Violations check_name(File const& file) {
    static std::regex const pattern("(^|[/_.-])(manager|managers|util|utils|utility|utilities|helper|helpers|common)([/_.-]|$)",
                                    std::regex::icase);
    if (!matches(file.path, pattern)) return {};
    return {violation(file.path, 1, "the name says nothing: name the one concept that is in it (no manager, util, helper, common)")};
}

Violations check_words(File const& file) {
    Violations found;
    if (is_prose(file.path)) return found;
    for_each_line(file.text, [&](int number, std::string_view line) {
        std::cmatch match;
        if (std::regex_search(line.data(), line.data() + line.size(), match, unfinished()))
            found.push_back(violation(file.path, number, "\"" + match.str(1) + "\": a word that unfinished work leaves behind"));
    });
    return found;
}

Violations check_length(File const& file) {
    if (!is_cpp(file.path) && !has_extension(file.path, {".py", ".js", ".sh"})) return {};
    auto const lines = std::count(file.text.begin(), file.text.end(), '\n');
    Violations found;
    if (is_cpp(file.path)) found = check_functions(file);
    if (lines > file_lines_max)
        found.push_back(violation(file.path, static_cast<int>(lines),
                                  std::to_string(lines) + " lines: a file has at most " + std::to_string(file_lines_max)));
    return found;
}

Violations check_paths(File const& file) {
    Violations found;
    for_each_line(file.text, [&](int number, std::string_view line) {
        if (matches(line, machine_path())) found.push_back(violation(file.path, number, "a path of somebody's machine"));
    });
    return found;
}

}  // namespace partnerd::tree
