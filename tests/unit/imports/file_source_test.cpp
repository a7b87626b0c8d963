#include <zlib.h>
#include <boost/test/unit_test.hpp>
#include <random>

#include "imports/byte_source.hpp"
#include "unit/imports/temporary_folder.hpp"

namespace partnerd::imports {

namespace {

std::string gzip(std::string const& text, int level = 6) {
    z_stream stream{};
    BOOST_REQUIRE(deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    BOOST_REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string noise(std::size_t size, char low, char high) {
    std::mt19937 random(7);
    std::string out(size, ' ');
    for (auto& c : out) c = static_cast<char>(std::uniform_int_distribution<int>(low, high)(random));
    return out;
}

std::string read_all(std::string const& path, std::size_t piece) {
    auto const source = open_file(path);
    std::string out, block(piece, '\0');
    while (auto const got = source->read(block)) out.append(block, 0, got);
    BOOST_TEST(source->bytes_done() == source->bytes_total());
    return out;
}

std::string failure(std::string const& path) {
    try {
        read_all(path, 1000);
        return "";
    } catch (BrokenFile const& broken) {
        return broken.what();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(file_source)

BOOST_AUTO_TEST_CASE(plain_and_gzip_files_give_the_same_bytes) {
    TemporaryFolder folder;
    for (auto const& text : {std::string(), std::string("a"), std::string("a,b\n1,2\n"), std::string("\x1f"), noise(300'000, 'a', 'd'),
                             std::string(2'000'000, 'x'), noise(65536, 0, 127)}) {
        folder.write("plain", text);
        folder.write("gzip", gzip(text));
        folder.write("stored", gzip(text, 0));
        for (std::size_t piece : {1UL, 1000UL, 65536UL, 1UL << 20}) {
            if (piece == 1 && text.size() > 100'000) continue;
            BOOST_TEST_CONTEXT(text.size() << " bytes in pieces of " << piece) {
                BOOST_TEST((read_all(folder.file("plain"), piece) == text));
                BOOST_TEST((read_all(folder.file("gzip"), piece) == text));
                BOOST_TEST((read_all(folder.file("stored"), piece) == text));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(gzip_members_may_follow_each_other) {
    TemporaryFolder folder;
    folder.write("two.gz", gzip("a,b\n") + gzip("") + gzip("1,2\n"));
    BOOST_TEST(read_all(folder.file("two.gz"), 3) == "a,b\n1,2\n");
}

BOOST_AUTO_TEST_CASE(a_gzip_file_cut_anywhere_is_broken) {
    TemporaryFolder folder;
    auto const whole = gzip(noise(300, 'a', 'z'));
    for (std::size_t size = 2; size < whole.size(); ++size) {
        auto const why = failure(folder.write("cut.gz", whole.substr(0, size)));
        BOOST_TEST_CONTEXT(size)
        BOOST_TEST(why.find("cut.gz: at byte " + std::to_string(size) + ": the gzip stream ends too early") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read_are_named) {
    TemporaryFolder folder;
    auto damaged = gzip(noise(3000, 'a', 'z'));
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
    auto checksum = gzip("a,b\n");
    checksum[checksum.size() - 5] = static_cast<char>(checksum[checksum.size() - 5] ^ 1);
    BOOST_TEST(failure(folder.write("damaged.gz", damaged)).find("damaged.gz: at byte ") != std::string::npos);
    BOOST_TEST(failure(folder.write("checksum.gz", checksum)).find("is damaged") != std::string::npos);
    BOOST_TEST(failure(folder.write("more.gz", gzip("a,b\n") + "and more")).find("something else behind") != std::string::npos);
    BOOST_TEST(failure(folder.file("nowhere.csv")).find("nowhere.csv: No such file") != std::string::npos);
    BOOST_TEST(failure(folder.file("")).find("directory") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::imports
