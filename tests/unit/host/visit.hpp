// A request with headers of its own, as it would come over the network, and the whole answer.
#pragma once

#include <future>
#include <string>
#include <vector>

#include "unit/host/made_application.hpp"

namespace partnerd::host {

class Visit final : public routing::Exchange {
  public:
    Visit(std::string method, std::string target, std::vector<routing::Field> headers = {}, std::string body = {}) {
        request.method = std::move(method);
        request.target = std::move(target);
        for (auto const& field : headers) request.add_header(field.name, field.value);
        request.body = std::move(body);
        if (!request.body.empty()) request.add_header("content-type", "application/json");
        request.client_ip = "192.0.2.1";
    }
    Visit& as_operator() {
        request.from_operator = true;
        return *this;
    }
    // Waits until the answer is complete.
    routing::Response const& to(MadeApplication& made) {
        auto answered = answered_.get_future();
        made.application->dispatcher().handle(*this);
        answered.wait();
        return response;
    }
    void finish() noexcept override { answered_.set_value(); }

    std::string header(std::string_view name) const {
        for (auto const& header : response.headers)
            if (header.name == name) return header.value;
        return {};
    }

  private:
    std::promise<void> answered_;
};

}  // namespace partnerd::host
