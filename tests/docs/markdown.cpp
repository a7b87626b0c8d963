#include "docs/markdown.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace docs {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

// The inside of "<!-- NAME: inside -->", if the line is such a mark.
bool is_mark(std::string const& line, std::string const& name, std::string& inside) {
    auto const begin = "<!-- " + name;
    constexpr std::string_view end = " -->";
    if (!line.starts_with(begin) || !line.ends_with(end)) return false;
    inside = line.substr(begin.size(), line.size() - begin.size() - end.size());
    if (inside.starts_with(": ")) inside.erase(0, 2);
    return true;
}

void read_mark(std::string const& line, Block& block) {
    std::string inside;
    if (is_mark(line, "run", inside)) block.run = true, block.fails = inside == "fails";
    else if (is_mark(line, "expect", inside)) block.expected.push_back(inside);
    else if (is_mark(line, "not run", inside)) block.excused = !inside.empty();
    else if (!line.empty()) block = {};
}

std::string trimmed(std::string_view text) {
    auto const begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
}

}  // namespace

std::vector<Block> Document::blocks() const {
    std::vector<Block> blocks;
    Block next;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].starts_with("```")) {
            read_mark(lines[i], next);
            continue;
        }
        bool const commands = lines[i] == "```sh";
        next.line = static_cast<int>(i) + 2;
        for (++i; i < lines.size() && lines[i] != "```"; ++i) next.text += lines[i] + "\n";
        if (commands) blocks.push_back(next);
        next = {};
    }
    return blocks;
}

std::vector<std::string> Document::headings() const {
    std::vector<std::string> headings;
    for (auto const& line : lines)
        if (line.starts_with("## ")) headings.push_back(line.substr(3));
    return headings;
}

std::string Document::section(std::string_view heading) const {
    std::string text;
    bool inside = false;
    for (auto const& line : lines) {
        if (line.starts_with("## ")) inside = line.substr(3) == heading;
        else if (inside) text += line + "\n";
    }
    return text;
}

std::string Document::text() const {
    std::string text;
    for (auto const& line : lines) text += line + "\n";
    return text;
}

Document read_document(fs::path const& root, std::string const& name) { return {root / name, name, lines_of(read_text(root / name))}; }

std::vector<Document> all_documents(fs::path const& root) {
    std::vector<std::string> names{"README.md"};
    for (auto const& entry : fs::directory_iterator(root / "docs"))
        if (entry.path().extension() == ".md") names.push_back("docs/" + entry.path().filename().string());
    for (auto const& entry : fs::directory_iterator(root / "plugins"))
        if (entry.is_directory()) names.push_back("plugins/" + entry.path().filename().string() + "/README.md");
    std::sort(names.begin(), names.end());
    std::vector<Document> documents;
    for (auto const& name : names) documents.push_back(read_document(root, name));
    return documents;
}

std::vector<std::vector<std::string>> table_rows(std::string_view text) {
    std::vector<std::vector<std::string>> rows;
    for (auto const& line : lines_of(text)) {
        if (!line.starts_with("| ")) continue;
        std::vector<std::string> cells;
        std::istringstream in(line.substr(1));
        for (std::string cell; std::getline(in, cell, '|');) {
            std::erase(cell, '`');
            cells.push_back(trimmed(cell));
        }
        if (!cells.front().starts_with("---")) rows.push_back(std::move(cells));
    }
    return rows;
}

std::string read_text(fs::path const& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error(path.string() + " cannot be read");
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
    return text;
}

}  // namespace docs
