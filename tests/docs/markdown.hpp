// What the tests read out of a document: its commands to run, its headings, its tables.
//
// A block of commands says above itself how it is tested:
//
//     <!-- run -->                          it must end with status 0
//     <!-- run: fails -->                   it must end with another
//     <!-- expect: "state":"recorded" -->   and its output must have this text; may be repeated
//     <!-- not run: needs root -->          why it is not tried
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace docs {

struct Block {
    int line = 0;  // of its first command
    bool run = false, fails = false, excused = false;
    std::vector<std::string> expected;
    std::string text;
};

struct Document {
    std::filesystem::path path;
    std::string name;  // from the root of the source
    std::vector<std::string> lines;

    std::vector<Block> blocks() const;                    // each ```sh, in order
    std::vector<std::string> headings() const;            // of the second level
    std::string section(std::string_view heading) const;  // the text below a heading of the second level
    std::string text() const;
};

Document read_document(std::filesystem::path const& root, std::string const& name);
std::vector<Document> all_documents(std::filesystem::path const& root);  // README.md, plugins/*/README.md, docs/*.md

// The rows of the tables in a text: trimmed cells, without backquotes. Header rows are among them, rules of dashes are not.
std::vector<std::vector<std::string>> table_rows(std::string_view text);
std::string read_text(std::filesystem::path const& path);
std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace docs
