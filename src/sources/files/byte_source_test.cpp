#include "sources/files/byte_source.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "sources/files/compress_support.hpp"

namespace tickstock {
namespace {

/// Everything that comes out, read in pieces of `piece` bytes.
std::string drain(ByteSource& source, std::size_t piece = 1000) {
    std::string all;
    std::string buffer(piece, '\0');
    while (const std::size_t got = source.read(std::span(buffer.data(), buffer.size()))) {
        all.append(buffer, 0, got);
    }
    return all;
}

std::string numbers(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        text += std::to_string(i * 7919) + "\n";
    }
    return text;
}

TEST(ByteSource, CompressionIsToldByTheFirstBytes) {
    EXPECT_EQ(detect_compression(gzip("x")), Compression::Gzip);
    EXPECT_EQ(detect_compression(zstd("x")), Compression::Zstd);
    EXPECT_EQ(detect_compression(std::string("\x50\x2a\x4d\x18", 4)), Compression::Zstd);
    EXPECT_EQ(detect_compression("ticker"), Compression::None);
    EXPECT_EQ(detect_compression(""), Compression::None);
    EXPECT_EQ(detect_compression("\x1f"), Compression::None);
}

TEST(ByteSource, AnyContentComesBackWhateverTheCompression) {
    rc::check([](const std::string& content) {
        const auto piece = *rc::gen::inRange<std::size_t>(1, 50);
        for (const std::string& stored : {gzip(content), zstd(content)}) {
            auto source = decompressed(memory_source(stored));
            RC_ASSERT(drain(*source, piece) == content);
            RC_ASSERT(!source->failure());
        }
        // Plain content that begins like a compressed file is read as one, and fails.
        if (detect_compression(content) == Compression::None) {
            auto source = decompressed(memory_source(content));
            RC_ASSERT(drain(*source, piece) == content);
        }
    });
}

TEST(ByteSource, LargeContentAndSeveralMembersComeBack) {
    const std::string content = numbers(200'000);
    for (const std::string& stored :
         {gzip(content), zstd(content),
          gzip(content.substr(0, 500'000)) + gzip("") + gzip(content.substr(500'000)),
          zstd(content.substr(0, 500'000)) + zstd(content.substr(500'000))}) {
        auto source = decompressed(memory_source(stored));
        EXPECT_TRUE(drain(*source, 65536) == content);
        EXPECT_FALSE(source->failure());
        EXPECT_EQ(source->bytes_read(), stored.size());
        EXPECT_EQ(source->bytes_total(), stored.size());
    }
}

TEST(ByteSource, ZeroPaddingBehindGzipIsFineAnythingElseIsNot) {
    const std::string padded = gzip("content") + std::string(300, '\0');
    auto source = decompressed(memory_source(padded));
    EXPECT_EQ(drain(*source), "content");
    EXPECT_FALSE(source->failure());
    const std::string followed = gzip("content") + "more";
    source = decompressed(memory_source(followed));
    EXPECT_EQ(drain(*source), "content");
    EXPECT_TRUE(source->failure());
}

TEST(ByteSource, ATruncatedFileGivesItsBeginAndSaysSo) {
    const std::string content = numbers(50'000);
    for (const std::string& stored : {gzip(content), zstd(content)}) {
        for (const std::size_t length : {stored.size() / 2, stored.size() - 1, std::size_t{10}}) {
            const std::string cut = stored.substr(0, length);
            auto source = decompressed(memory_source(cut));
            const std::string got = drain(*source);
            EXPECT_TRUE(content.compare(0, got.size(), got) == 0);
            ASSERT_TRUE(source->failure()) << length;
            EXPECT_NE(source->failure()->message.find("truncated"), std::string::npos);
        }
    }
}

TEST(ByteSource, DamageIsAFailure) {
    const std::string content = numbers(50'000);
    for (std::string stored : {gzip(content), zstd(content)}) {
        for (std::size_t i = stored.size() / 2; i < stored.size() / 2 + 40; ++i) {
            stored[i] = static_cast<char>(~stored[i]);
        }
        auto source = decompressed(memory_source(stored));
        drain(*source);
        EXPECT_TRUE(source->failure());
    }
}

TEST(ByteSource, OpeningNamesTheFile) {
    auto missing = open_raw("/nowhere/at/all.csv");
    ASSERT_FALSE(missing.ok());
    EXPECT_NE(missing.error().message.find("/nowhere/at/all.csv"), std::string::npos);
    EXPECT_FALSE(open_raw("/").ok());
}

}  // namespace
}  // namespace tickstock
