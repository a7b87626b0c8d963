// One line on a terminal that tells how far long work is: count, rate, share and time left.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace partnerd::imports {

struct Figures {
    std::int64_t records = 0;
    std::int64_t rejected = 0;
    std::uint64_t bytes_done = 0;
    std::uint64_t bytes_total = 0;  // 0: unknown
};

// "orders: 12,345 records, 4,100/s, 43 %, 0:07 left, 3 rejected". Share and time left only where the size is known.
std::string progress_text(std::string const& what, Figures const& figures, std::chrono::milliseconds elapsed);

class Progress {
  public:
    using Clock = std::chrono::steady_clock;
    enum class Style {
        silent,
        terminal,  // one line that is written over, five times a second
        lines,     // a line every five seconds, for logs
    };
    // A terminal when `descriptor` is one, else silent; lines when it was asked for.
    static Style style_for(int descriptor, bool asked);

    Progress(std::ostream& out, Style style, std::string what, Clock::time_point started);
    void update(Figures const& figures, Clock::time_point now);
    void finish(Figures const& figures, Clock::time_point now);  // the last figures, whatever time it is

  private:
    void write(Figures const& figures, Clock::time_point now);

    std::ostream& out_;
    Style const style_;
    std::string const what_;
    Clock::time_point const started_;
    Clock::time_point next_;
};

}  // namespace partnerd::imports
