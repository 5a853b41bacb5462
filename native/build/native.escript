#!/usr/bin/env escript
%% -*- erlang -*-
%%! +A0 -hidden
%% Puts the native library and the compiler executable into priv/. Runs before every compilation, in the package's directory, under rebar3
%% and Mix alike; does nothing, quietly, when the sources are the ones of the last build.
%%
%% Order: files named by the environment; files already in priv/ that fit; a build from source. BEAMTALK_COMPILER_BUILD=1 always builds.
-mode(compile).

main(_) ->
    Root = filename:absname(""),
    Priv = filename:join(Root, "priv"),
    Named = [V || V <- ["BEAMTALK_COMPILER_PATH", "BEAMTALK_COMPILER_PORT_BIN"], set(V)],
    case Named of
        [_, _] -> ok;
        _ -> ensure(Root, Priv, artifacts(Priv))
    end.

%% {name in Cargo's target directory, place in priv/}
artifacts(Priv) ->
    Native = filename:join(Priv, "native"),
    case os:type() of
        {win32, _} ->
            [
                {"beamtalk_compiler.dll", filename:join(Native, "beamtalk_compiler.dll")},
                {"beamtalk_compiler_port.exe", filename:join(Priv, "beamtalk_compiler_port.exe")}
            ];
        {unix, darwin} ->
            %% The emulator wants .so there as well.
            [{"libbeamtalk_compiler.dylib", filename:join(Native, "libbeamtalk_compiler.so")}, port(Priv)];
        _ ->
            [{"libbeamtalk_compiler.so", filename:join(Native, "libbeamtalk_compiler.so")}, port(Priv)]
    end.

port(Priv) ->
    {"beamtalk_compiler_port", filename:join(Priv, "beamtalk_compiler_port")}.

ensure(Root, Priv, Artifacts) ->
    Stamp = filename:join([Priv, "native", "sources.md5"]),
    Compiler = fingerprint(Root, compiler_sources(Root)),
    %% The library classes are built into the compiler.
    Sources = fingerprint(Root, ["stdlib" | filelib:wildcard("stdlib/src/**/*.bt", Root)]) ++ Compiler,
    Present = lists:all(fun({_, File}) -> filelib:is_regular(File) end, Artifacts),
    Fresh = Present andalso file:read_file(Stamp) =:= {ok, list_to_binary(Sources)},
    case {Fresh, cargo()} of
        {true, _} ->
            ok;
        {false, false} when Present ->
            io:format("beamtalk: no cargo found; using the compiler that is in priv/~n");
        {false, false} ->
            fail(
                "There is no native compiler and no way to build one. Either~n"
                "  * set BEAMTALK_COMPILER_PATH and BEAMTALK_COMPILER_PORT_BIN to a compiler library and executable,~n"
                "  * put them into ~ts (native/libbeamtalk_compiler.so, beamtalk_compiler_port), or~n"
                "  * install Rust (https://rustup.rs), so that cargo can build them from source.",
                [Priv]
            );
        {false, Cargo} ->
            build(Root, Cargo, Artifacts),
            ok = file:write_file(filename:join([Priv, "native", "compiler.md5"]), Compiler),
            ok = file:write_file(Stamp, Sources)
    end.

set(Variable) ->
    case os:getenv(Variable) of
        false -> false;
        "" -> false;
        Path -> filelib:is_regular(Path)
    end.

cargo() ->
    Home = filename:join([os:getenv("HOME", ""), ".cargo", "bin"]),
    case os:find_executable("cargo") of
        false -> os:find_executable("cargo", Home);
        Cargo -> Cargo
    end.

compiler_sources(Root) ->
    ["Cargo.toml", "Cargo.lock"] ++
        filelib:wildcard("native/*/{Cargo.toml,build.rs}", Root) ++
        filelib:wildcard("native/*/src/**/*.{rs,lalrpop}", Root) ++
        %% What the sources take in as text.
        filelib:wildcard("native/*/prelude/*.{rs,bt}", Root).

fingerprint(Root, Files) ->
    Hashes = [
        [File, erlang:md5(Content)]
     || File <- lists:sort(Files), {ok, Content} <- [file:read_file(filename:join(Root, File))]
    ],
    binary_to_list(binary:encode_hex(erlang:md5([profile_arguments() | Hashes]))).

profile_arguments() ->
    case os:getenv("BEAMTALK_COMPILER_BUILD") of
        Unset when Unset =:= false; Unset =:= ""; Unset =:= "0" -> [];
        _ -> ["--release"]
    end.

build(Root, Cargo, Artifacts) ->
    io:format("beamtalk: building the native compiler~n"),
    Profile = profile_arguments(),
    Arguments =
        ["build", "--quiet", "--manifest-path", filename:join(Root, "Cargo.toml"), "-p", "bt-nif", "-p", "bt-port"] ++ Profile,
    case run(Cargo, Arguments, Root) of
        {0, _} -> ok;
        {_, Output} -> fail("cargo failed:~n~ts", [Output])
    end,
    Dir =
        case Profile of
            [] -> "debug";
            _ -> "release"
        end,
    [install(filename:join([Root, "target", Dir, Built]), Place) || {Built, Place} <- Artifacts].

%% Never in place: a running node has the old file mapped.
install(Built, Place) ->
    ok = filelib:ensure_dir(Place),
    Temporary = Place ++ "." ++ os:getpid() ++ ".tmp",
    {ok, _} = file:copy(Built, Temporary),
    ok = file:change_mode(Temporary, 8#755),
    ok = file:rename(Temporary, Place).

run(Program, Arguments, Dir) ->
    Environment = [{"CARGO_TARGET_DIR", filename:join(Dir, "target")}],
    Port = open_port({spawn_executable, Program}, [
        {args, Arguments}, {cd, Dir}, {env, Environment}, binary, exit_status, stderr_to_stdout, hide
    ]),
    collect(Port, []).

collect(Port, Output) ->
    receive
        {Port, {data, Data}} -> collect(Port, [Output, Data]);
        {Port, {exit_status, Status}} -> {Status, Output}
    end.

fail(Format, Arguments) ->
    io:format(standard_error, "beamtalk: " ++ Format ++ "~n", Arguments),
    halt(1).
