#include "imports/csv_reader.hpp"

#include <algorithm>

#include "domain/text.hpp"

namespace partnerd::imports {

namespace {

constexpr std::size_t block_size = 64 * 1024;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// The length of the line end at `at`, 0 when there is none, or npos when a CR is the last byte and an LF may follow.
std::size_t line_end(std::string_view text, std::size_t at, bool whole) {
    if (text[at] == '\n') return 1;
    if (text[at] != '\r') return 0;
    if (at + 1 < text.size()) return text[at + 1] == '\n' ? 2 : 0;
    return whole ? 1 : std::string_view::npos;
}

}  // namespace

// `whole`: nothing comes behind `text`.
CsvReader::Parsed CsvReader::parse(std::string_view text, bool whole) {
    cells_.assign(1, std::string());
    enum class In { start, plain, quoted, closed } in = In::start;
    auto const malformed = [&](char const* why) {
        why_ = why;
        return Parsed::malformed;
    };
    auto const end_record = [&](std::size_t raw, std::size_t used) {
        raw_size_ = raw;
        used_size_ = used;
        return Parsed::record;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i >= max_record_bytes) return malformed("the record is larger than 1 MiB; a quote may be open");
        char const c = text[i];
        if (in == In::quoted) {
            if (c == '"') in = In::closed;
            else cells_.back() += c;
            continue;
        }
        if (c == '"') {
            if (in == In::plain) return malformed("there is a quote inside a cell that does not begin with one");
            if (in == In::closed) cells_.back() += c;
            in = In::quoted;
            continue;
        }
        if (c == ',') {
            if (cells_.size() == max_columns) return malformed("the record has more than 1000 columns");
            cells_.emplace_back();
            in = In::start;
            continue;
        }
        if (c == '\n' || c == '\r') {
            auto const size = line_end(text, i, whole);
            if (size == std::string_view::npos) return Parsed::need_more;
            if (size == 0) return malformed("there is a carriage return without a line feed");
            return end_record(i, i + size);
        }
        if (in == In::closed) return malformed("there is something between a closing quote and the comma");
        cells_.back() += c;
        in = In::plain;
    }
    if (!whole) return Parsed::need_more;
    if (in == In::quoted) return malformed("a quote is never closed");
    return end_record(text.size(), text.size());
}

bool CsvReader::fill() {
    if (ended_) return false;
    buffer_.erase(0, at_);
    at_ = 0;
    auto const before = buffer_.size();
    buffer_.resize(before + block_size);
    std::size_t got = 0;
    try {
        got = source_.read(std::span(buffer_).subspan(before));
    } catch (...) {
        buffer_.resize(before);
        throw;
    }
    buffer_.resize(before + got);
    ended_ = got == 0;
    return !ended_;
}

void CsvReader::consume(std::size_t count) {
    line_ +=
        std::count(buffer_.begin() + static_cast<std::ptrdiff_t>(at_), buffer_.begin() + static_cast<std::ptrdiff_t>(at_ + count), '\n');
    at_ += count;
}

// False when nothing is left.
bool CsvReader::skip_line_ends() {
    for (;;) {
        if (at_ == buffer_.size() && !fill()) return false;
        if (buffer_[at_] == '\r' && at_ + 1 == buffer_.size()) fill();
        auto const size = line_end(buffer_, at_, true);
        if (size == 0) return true;
        consume(size);
    }
}

// Takes the first line away; keeps at most 1 MiB of it.
void CsvReader::drop_line(CsvRecord& record) {
    record.raw.clear();
    for (;;) {
        auto const end = buffer_.find('\n', at_);
        auto const stop = end == std::string::npos ? buffer_.size() : end;
        record.raw.append(buffer_, at_, std::min(stop - at_, max_record_bytes - record.raw.size()));
        consume((end == std::string::npos ? stop : end + 1) - at_);
        if (end != std::string::npos || !fill()) break;
    }
    if (record.raw.ends_with('\r')) record.raw.pop_back();
}

Result<bool> CsvReader::refuse(CsvRecord& record, errc code, std::string why) {
    record.cells.clear();
    return Error(code, "line " + std::to_string(record.line) + ": " + std::move(why));
}

Result<bool> CsvReader::next(CsvRecord& record) {
    if (!begun_) {
        begun_ = true;
        while (buffer_.size() < byte_order_mark.size() && fill()) {}
        if (buffer_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    }
    if (!skip_line_ends()) return false;
    record.line = line_;
    auto parsed = parse(std::string_view(buffer_).substr(at_), ended_);
    while (parsed == Parsed::need_more) {
        // Doubled each time, so that parsing from the start again stays linear however small the pieces are.
        auto const wanted = 2 * (buffer_.size() - at_);
        while (fill() && buffer_.size() - at_ < wanted) {}
        parsed = parse(std::string_view(buffer_).substr(at_), ended_);
    }
    if (parsed == Parsed::malformed) {
        drop_line(record);
        return refuse(record, errc::malformed_csv, why_);
    }
    record.raw.assign(buffer_, at_, raw_size_);
    consume(used_size_);
    if (!is_utf8(record.raw)) return refuse(record, errc::invalid_utf8, "the text is not UTF-8; save the file as UTF-8");
    record.cells.swap(cells_);
    if (columns_ == 0) columns_ = record.cells.size();
    if (record.cells.size() != columns_) {
        auto why = "it has " + std::to_string(record.cells.size()) + " cells, the header has " + std::to_string(columns_);
        return refuse(record, errc::malformed_csv, std::move(why));
    }
    return true;
}

}  // namespace partnerd::imports
