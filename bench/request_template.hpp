// An HTTP request with gaps. The file has the request line, header lines, an empty line and a body, with plain line ends; CRLF and
// Content-Length are added here. Gaps: $1 to $9 a column of the row, $n the number of the request, $r a text that differs between runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rows.hpp"

namespace bench {

class RequestTemplate {
  public:
    RequestTemplate(std::string const& path, std::string run);
    // Puts the whole request into `out`, whose memory is used again.
    void write(std::string& out, std::uint64_t number, Rows const& rows, std::size_t row);

  private:
    struct Piece {
        std::string text;
        char gap = 0;  // what follows the text: '1'..'9', 'n'; 0: nothing
    };
    std::vector<Piece> parse(std::string_view text) const;
    static void fill(std::string& out, std::vector<Piece> const& pieces, std::uint64_t number, Rows const& rows, std::size_t row);

    std::string run_;
    std::vector<Piece> head_, body_;
    std::string body_text_;
    bool has_body_ = false;
};

}  // namespace bench
