#include "auth/secret.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "auth/private_file.hpp"
#include "auth/test_keys.hpp"

namespace tickstock {
namespace {

using namespace test_keys;

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

// It cannot leave by mistake.
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!Printable<Secret>);
static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);

Environment environment_of(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const char* name) -> const char* {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    };
}

std::string loaded(const std::string& path, std::map<std::string, std::string> variables) {
    const auto secret =
        load_secret("TICKSTOCK_JWT_KEY", path, environment_of(std::move(variables)));
    if (!secret) {
        return "error: " + secret.error().message;
    }
    return secret->has_value() ? std::string((*secret)->reveal()) : "nothing";
}

TEST(Secret, ComparesByItsBytes) {
    EXPECT_TRUE(Secret("abc") == Secret("abc"));
    EXPECT_FALSE(Secret("abc") == Secret("abd"));
    EXPECT_FALSE(Secret("abc") == Secret("ab"));
    EXPECT_TRUE(Secret() == Secret(""));
}

TEST(Secret, MovingLeavesNothingBehind) {
    Secret first("short");
    const char* bytes = first.reveal().data();
    Secret second(std::move(first));
    EXPECT_TRUE(first.empty());  // NOLINT: what is left is what the test is about
    EXPECT_EQ(second.reveal().data(), bytes);
    Secret third;
    third = std::move(second);
    EXPECT_EQ(third.reveal(), "short");
    EXPECT_TRUE(second.empty());  // NOLINT
}

TEST(LoadSecret, TheCredentialsFolderComesFirstThenThePathThenTheEnvironment) {
    const Folder folder;
    folder.write("TICKSTOCK_JWT_KEY", "of the service manager\n", 0440);
    const std::string path = folder.write("path", "of the path\r\n");
    const std::string named = folder.write("named", "of the variable's file");
    std::map<std::string, std::string> all{{"CREDENTIALS_DIRECTORY", folder.path()},
                                           {"TICKSTOCK_JWT_KEY_FILE", named},
                                           {"TICKSTOCK_JWT_KEY", "of the environment"}};
    EXPECT_EQ(loaded(path, all), "of the service manager");
    all["CREDENTIALS_DIRECTORY"] = folder / "empty";
    EXPECT_EQ(loaded(path, all), "of the path");
    EXPECT_EQ(loaded("", all), "of the variable's file");
    all.erase("TICKSTOCK_JWT_KEY_FILE");
    EXPECT_EQ(loaded("", all), "of the environment");
    EXPECT_EQ(loaded("", {}), "nothing");
}

TEST(LoadSecret, OneLineEndIsNoPartOfAFile) {
    const Folder folder;
    EXPECT_EQ(loaded(folder.write("a", "x\n\n"), {}), "x\n");
    EXPECT_EQ(loaded(folder.write("b", " x "), {}), " x ");
}

TEST(LoadSecret, AFileThatOthersMayReadIsRefused) {
    const Folder folder;
    for (const unsigned mode : {0640u, 0604u, 0620u, 0644u, 0666u, 0601u}) {
        const std::string path = folder.write(fmt::format("m{:o}", mode), "secret", mode);
        EXPECT_EQ(
            loaded(path, {}),
            fmt::format("error: {}: mode {:04o}: its group or others have access; accepted is "
                        "a file of its owner only (chmod 600)",
                        path, mode));
    }
    EXPECT_EQ(loaded(folder.write("m400", "secret", 0400), {}), "secret");
    folder.write("TICKSTOCK_JWT_KEY", "secret", 0444);
    EXPECT_EQ(loaded("", {{"CREDENTIALS_DIRECTORY", folder.path()}}),
              fmt::format("error: {}: mode 0444: others have access; accepted is none",
                          folder / "TICKSTOCK_JWT_KEY"));
}

TEST(LoadSecret, SaysWhatIsWrongWithAFile) {
    const Folder folder;
    const std::string none = folder / "none";
    EXPECT_EQ(loaded(none, {}), "error: " + none + ": cannot be read: No such file or directory");
    EXPECT_EQ(loaded(folder.path(), {}),
              "error: " + folder.path() + ": accepted is a regular file");
    const std::string empty = folder.write("empty", "\n");
    EXPECT_EQ(loaded(empty, {}),
              "error: " + empty + ": is empty; accepted is a file that holds the secret");
    const std::string large = folder.write("large", std::string(65'537, 'x'));
    EXPECT_EQ(loaded(large, {}), "error: " + large + ": accepted are at most 65536 bytes");
}

TEST(PrivateFile, IsWrittenWholeAndForItsOwnerOnly) {
    const Folder folder;
    const std::string path = folder / "file";
    const auto first = write_private_file(path, "one", true);
    ASSERT_TRUE(first.ok()) << first.error().message;
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
    EXPECT_EQ(*first, stamp_of(path));
    EXPECT_FALSE(write_private_file(path, "two", true).ok());
    EXPECT_EQ(read_file(path, Privacy::Owner, 10)->text, "one");
    const auto second = write_private_file(path, "two", false);
    ASSERT_TRUE(second.ok());
    EXPECT_NE(*first, *second);
    EXPECT_EQ(*second, stamp_of(path));
    EXPECT_EQ(read_file(path, Privacy::Owner, 3)->text, "two");
    EXPECT_FALSE(read_file(path, Privacy::Owner, 2).ok());
    EXPECT_FALSE(write_private_file(folder / "none/file", "x", false).ok());
    const auto left = std::distance(std::filesystem::directory_iterator(folder.path()), {});
    EXPECT_EQ(left, 1);  // no temporary file stays
}

}  // namespace
}  // namespace tickstock
