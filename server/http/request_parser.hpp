// The second line behind the guard where a body follows: Beast's parser over the same bytes, which must frame them as the guard did. [io]
#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include "http/guard.hpp"
#include "routing/request.hpp"

namespace partnerd::http {

class RequestParser final : public boost::beast::http::basic_parser<true> {
  public:
    // The body goes to `request`; its header is the guard's.
    RequestParser(routing::Request& request, Limits const& limits);

    // A whole header, as the guard let it through. malformed_request when Beast refuses it or frames it otherwise than the guard.
    Status take_header(std::string_view header, Framing const& framing);
    // The next bytes of the body; how many were used. The rest must come again with more bytes after it.
    Result<std::size_t> take_body(std::string_view bytes, bool keep);

  private:
    using string_view = boost::beast::string_view;
    using error_code = boost::beast::error_code;

    void on_request_impl(boost::beast::http::verb, string_view, string_view, int, error_code&) override {}
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_field_impl(boost::beast::http::field, string_view, string_view, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(string_view body, error_code&) override;
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override;
    void on_finish_impl(error_code&) override {}

    routing::Request& request_;
    bool keep_ = true;
};

}  // namespace partnerd::http
