#include "http/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace partnerd::http {

namespace {

Error refused(boost::system::error_code const& ec) {
    return Error(errc::malformed_request, "The request is not well-formed: " + ec.message());
}

}  // namespace

RequestParser::RequestParser(routing::Request& request, Limits const& limits) : request_(request) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes + 1));
    body_limit(boost::none);  // the session counts, chunk framing included
}

Status RequestParser::take_header(std::string_view header, Framing const& framing) {
    error_code ec;
    std::size_t const used = put(boost::asio::const_buffer(header.data(), header.size()), ec);
    if (ec) return refused(ec);
    bool const same_end = used == header.size() && is_header_done() && is_done() == !framing.has_body();
    bool const same_body = chunked() == framing.chunked && content_length().value_or(0) == framing.content_length;
    if (!same_end || !same_body) return Error(errc::malformed_request, "The framing of the request is ambiguous");
    return {};
}

Result<std::size_t> RequestParser::take_body(std::string_view bytes, bool keep) {
    keep_ = keep;
    std::size_t used = 0;
    while (used < bytes.size() && !is_done()) {
        error_code ec;
        std::size_t const count = put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), ec);
        used += count;
        if (ec == boost::beast::http::error::need_more || (!ec && count == 0)) break;
        if (ec) return refused(ec);
    }
    return used;
}

std::size_t RequestParser::on_body_impl(string_view body, error_code&) {
    if (keep_) request_.body.append(body.data(), body.size());
    return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) { return on_body_impl(body, ec); }

}  // namespace partnerd::http
