#include "request_template.hpp"

#include <stdexcept>

namespace bench {

RequestTemplate::RequestTemplate(std::string const& path, std::string run) : run_(std::move(run)) {
    auto const text = read_file(path);
    auto const end = text.find("\n\n");
    if (end == std::string::npos) throw std::runtime_error(path + ": an empty line must follow the header");
    std::string head;
    for (char c : text.substr(0, end + 1)) head += c == '\n' ? std::string("\r\n") : std::string(1, c);
    head_ = parse(head);
    auto body = text.substr(end + 2);
    while (!body.empty() && body.back() == '\n') body.pop_back();
    has_body_ = !body.empty();
    body_ = parse(body);
}

std::vector<RequestTemplate::Piece> RequestTemplate::parse(std::string_view text) const {
    std::vector<Piece> pieces(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const next = text[i] == '$' && i + 1 < text.size() ? text[i + 1] : '\0';
        if (next == 'r') {
            pieces.back().text += run_;
            ++i;
        } else if (next == 'n' || (next >= '1' && next <= '9')) {
            pieces.back().gap = next;
            pieces.emplace_back();
            ++i;
        } else {
            pieces.back().text += text[i];
        }
    }
    return pieces;
}

void RequestTemplate::fill(std::string& out, std::vector<Piece> const& pieces, std::uint64_t number, Rows const& rows, std::size_t row) {
    for (auto const& piece : pieces) {
        out += piece.text;
        if (piece.gap == 'n') out += std::to_string(number);
        else if (piece.gap != 0) out += rows.at(row, static_cast<std::size_t>(piece.gap - '0'));
    }
}

void RequestTemplate::write(std::string& out, std::uint64_t number, Rows const& rows, std::size_t row) {
    out.clear();
    fill(out, head_, number, rows, row);
    if (has_body_) {
        body_text_.clear();
        fill(body_text_, body_, number, rows, row);
        out += "Content-Length: " + std::to_string(body_text_.size()) + "\r\n";
    }
    out += "\r\n";
    if (has_body_) out += body_text_;
}

}  // namespace bench
