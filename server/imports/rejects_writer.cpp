#include "imports/rejects_writer.hpp"

#include <cstdio>
#include <limits>

#include "domain/text.hpp"
#include "imports/byte_source.hpp"
#include "routing/csv.hpp"

namespace partnerd::imports {

namespace {

constexpr std::int64_t flush_every = 100;

std::string as_utf8(std::string_view text) {
    if (is_utf8(text)) return std::string(text);
    std::string out;
    while (!text.empty()) {
        std::size_t size = 1;
        while (size < 4 && size < text.size() && !is_utf8(text.substr(0, size))) ++size;
        if (is_utf8(text.substr(0, size))) {
            out += text.substr(0, size);
            text.remove_prefix(size);
        } else {
            out += "\xef\xbf\xbd";
            text.remove_prefix(1);
        }
    }
    return out;
}

}  // namespace

RejectsWriter::RejectsWriter(std::string path) : path_(std::move(path)) {
    if (path_.empty()) return;
    out_.open(path_, std::ios::binary | std::ios::trunc);
    write("line,code,detail,record\r\n");
}

void RejectsWriter::write(std::string const& text) {
    if (path_.empty()) return;
    out_ << text;
    if (written_++ % flush_every == 0) out_.flush();
    if (!out_) throw BrokenFile(path_ + ": the rejects cannot be written there; name another file with --rejects");
}

void RejectsWriter::add(std::int64_t line, std::string_view code, std::string_view detail, std::string_view record) {
    ++count_;
    if (path_.empty()) return;
    std::string row;
    routing::CsvWriter csv(row);
    csv.number(std::to_string(line)).text(code).text(as_utf8(detail)).text(as_utf8(record));
    csv.end_row();
    held_.emplace(line, std::move(row));
}

void RejectsWriter::settled_before(std::int64_t line) {
    while (!held_.empty() && held_.begin()->first < line) {
        write(held_.begin()->second);
        held_.erase(held_.begin());
    }
}

void RejectsWriter::finish() {
    if (path_.empty()) return;
    settled_before(std::numeric_limits<std::int64_t>::max());
    out_.close();
    if (!out_) throw BrokenFile(path_ + ": the rejects cannot be written there; name another file with --rejects");
    if (count_ == 0) std::remove(path_.c_str());
}

}  // namespace partnerd::imports
