#include "http/ip.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::http {

BOOST_AUTO_TEST_SUITE(ip)

BOOST_AUTO_TEST_CASE(addresses_are_read_and_written) {
    for (char const* text :
         {"", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4:80", "[::1]", "::1%eth0", " 1.2.3.4", "1.2.3.4 ", "localhost", "01.2.3.4"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(!Ip::parse(text).has_value());
    BOOST_TEST(!Ip::parse(std::string_view("1.2.3.4\0", 8)).has_value());
    BOOST_TEST(Ip::parse("192.0.2.1")->text() == "192.0.2.1");
    BOOST_TEST(Ip::parse("::ffff:192.0.2.1")->text() == "192.0.2.1");
    BOOST_TEST(Ip::parse("2001:DB8:0:0::1")->text() == "2001:db8::1");
    BOOST_TEST((Ip::parse("::ffff:192.0.2.1") == Ip::parse("192.0.2.1")));
    BOOST_TEST(Ip::parse("2001:db8:1:2:3:4:5:6")->site().text() == "2001:db8:1:2::");
    BOOST_TEST(Ip::parse("192.0.2.1")->site().text() == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(networks_that_are_refused) {
    for (char const* text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/a", "::/129", "a/8", "10.0.0/8"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(Network::parse(text).has_error());
}

BOOST_AUTO_TEST_CASE(networks_contain_what_they_should) {
    struct Case {
        char const* network;
        char const* ip;
        bool contains;
    };
    for (auto const& c :
         {Case{"10.0.0.0/8", "10.255.1.1", true}, Case{"10.0.0.0/8", "11.0.0.1", false}, Case{"10.0.0.0/9", "10.127.0.1", true},
          Case{"10.0.0.0/9", "10.128.0.1", false}, Case{"192.0.2.1", "192.0.2.1", true}, Case{"192.0.2.1", "192.0.2.2", false},
          Case{"0.0.0.0/0", "203.0.113.9", true}, Case{"0.0.0.0/0", "2001:db8::1", false}, Case{"::/0", "203.0.113.9", true},
          Case{"2001:db8::/32", "2001:db8:ffff::1", true}, Case{"2001:db8::/32", "2001:db9::1", false},
          Case{"192.0.2.0/31", "192.0.2.1", true}, Case{"192.0.2.0/31", "192.0.2.2", false}, Case{"192.0.2.7/24", "192.0.2.99", true}})
        BOOST_TEST_CONTEXT(c.network << " and " << c.ip) BOOST_TEST(Network::parse(c.network)->contains(*Ip::parse(c.ip)) == c.contains);
}

BOOST_AUTO_TEST_CASE(the_client_is_the_first_address_from_the_right_that_is_no_proxy) {
    std::vector<Network> const trusted{*Network::parse("10.0.0.0/8"), *Network::parse("::1")};
    struct Case {
        char const* peer;
        char const* forwarded;
        char const* client;
    };
    for (auto const& c :
         {Case{"192.0.2.9", "198.51.100.1", "192.0.2.9"}, Case{"10.0.0.1", "", "10.0.0.1"},
          Case{"10.0.0.1", "198.51.100.1", "198.51.100.1"}, Case{"10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"},
          Case{"10.0.0.1", "198.51.100.1, 10.0.0.2, 10.0.0.3", "198.51.100.1"},
          Case{"10.0.0.1", "1.1.1.1, 198.51.100.1,10.0.0.2", "198.51.100.1"}, Case{"10.0.0.1", "10.0.0.5, 10.0.0.4", "10.0.0.5"},
          Case{"10.0.0.1", "198.51.100.1, garbage", "10.0.0.1"}, Case{"10.0.0.1", "garbage, 10.0.0.2", "10.0.0.2"},
          Case{"10.0.0.1", "198.51.100.1,", "10.0.0.1"}, Case{"10.0.0.1", ",,,", "10.0.0.1"}, Case{"10.0.0.1", "1.2.3.4:5678", "10.0.0.1"},
          Case{"::1", "2001:db8::7", "2001:db8::7"}})
        BOOST_TEST_CONTEXT(c.peer << " for " << c.forwarded)
    BOOST_TEST(client_behind(*Ip::parse(c.peer), c.forwarded, trusted).text() == c.client);
}

BOOST_AUTO_TEST_CASE(hosts_with_ports) {
    for (char const* text :
         {"", ":", ":80", "localhost", "localhost:", "localhost:a", "localhost:65536", "localhost:-1", "::1:80", "[]:80", "[::1]"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(parse_host_port(text).has_error());
    BOOST_TEST(parse_host_port("127.0.0.1:8080")->host == "127.0.0.1");
    BOOST_TEST(parse_host_port("127.0.0.1:8080")->port == 8080);
    BOOST_TEST(parse_host_port("[::1]:0")->host == "::1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::http
