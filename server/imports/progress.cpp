#include "imports/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <ostream>

namespace partnerd::imports {

namespace {

std::string with_commas(std::int64_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::string clock_text(std::int64_t seconds) {
    auto const two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    if (seconds < 3600) return std::to_string(seconds / 60) + ":" + two(seconds % 60);
    return std::to_string(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
}

}  // namespace

std::string progress_text(std::string const& what, Figures const& figures, std::chrono::milliseconds elapsed) {
    auto const elapsed_ms = std::max<std::int64_t>(elapsed.count(), 1);
    auto text = what + ": " + with_commas(figures.records) + " records, " + with_commas(figures.records * 1000 / elapsed_ms) + "/s";
    if (figures.bytes_total > 0) {
        auto const done = std::min(figures.bytes_done, figures.bytes_total);
        auto const share = static_cast<double>(done) / static_cast<double>(figures.bytes_total);
        text += ", " + std::to_string(static_cast<int>(share * 100)) + " %";
        if (done > 0)
            text += ", " + clock_text(static_cast<std::int64_t>(static_cast<double>(elapsed_ms) * (1 - share) / share / 1000)) + " left";
    }
    if (figures.rejected > 0) text += ", " + with_commas(figures.rejected) + " rejected";
    return text;
}

Progress::Style Progress::style_for(int descriptor, bool asked) {
    if (::isatty(descriptor) == 1) return Style::terminal;
    return asked ? Style::lines : Style::silent;
}

Progress::Progress(std::ostream& out, Style style, std::string what, Clock::time_point started)
    : out_(out), style_(style), what_(std::move(what)), started_(started), next_(started) {}

void Progress::write(Figures const& figures, Clock::time_point now) {
    auto const text = progress_text(what_, figures, std::chrono::duration_cast<std::chrono::milliseconds>(now - started_));
    if (style_ == Style::terminal) out_ << '\r' << text << "\x1b[K" << std::flush;
    else out_ << text << std::endl;
}

void Progress::update(Figures const& figures, Clock::time_point now) {
    if (style_ == Style::silent || now < next_) return;
    next_ = now + (style_ == Style::terminal ? std::chrono::milliseconds(200) : std::chrono::milliseconds(5000));
    write(figures, now);
}

void Progress::finish(Figures const& figures, Clock::time_point now) {
    if (style_ == Style::silent) return;
    write(figures, now);
    if (style_ == Style::terminal) out_ << std::endl;
}

}  // namespace partnerd::imports
