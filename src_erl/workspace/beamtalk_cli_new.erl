%%% @doc `beamtalk new': a directory with everything a package begins with.
-module(beamtalk_cli_new).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"NAME [--app]", "create a package in a new directory\n\n  --app                an application: a class that starts an actor, and its tests"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    case beamtalk_cli:options(Arguments, #{<<"--app">> => flag}) of
        {#{<<"--app">> := true}, [Name]} -> new(Name, app);
        {_, [Name]} -> new(Name, plain);
        _ -> beamtalk_cli:usage_error("beamtalk: new takes a name")
    end.

new(Name, Kind) ->
    case {beamtalk_package_name:check(Name), file:read_link_info(Name)} of
        {{error, Text}, _} -> failed(Text);
        {ok, {ok, _}} -> failed(["Directory '", Name, "' already exists"]);
        {ok, {error, enoent}} -> create(Name, Kind);
        {ok, {error, Reason}} -> failed(["Cannot create '", Name, "': ", file:format_error(Reason)])
    end.

%% All is made beside the place and renamed: the directory is there whole, or not at all.
create(Name, Kind) ->
    Beside = lists:concat([".", binary_to_list(Name), ".", os:getpid(), ".tmp"]),
    Written = [write(filename:join(Beside, Path), Content) || {Path, Content} <- beamtalk_project_template:files(Name, Kind)],
    case lists:usort(Written) of
        [ok] ->
            renamed(Name, Beside, file:rename(Beside, Name));
        Results ->
            _ = file:del_dir_r(Beside),
            [Reason | _] = [Reason || {error, Reason} <- Results],
            failed(["Cannot create '", Name, "': ", file:format_error(Reason)])
    end.

write(Path, directory) ->
    filelib:ensure_dir(filename:join(Path, "any"));
write(Path, Content) ->
    case filelib:ensure_dir(Path) of
        ok -> file:write_file(Path, Content);
        {error, _} = Error -> Error
    end.

renamed(Name, _, ok) ->
    beamtalk_cli:out("Created package '~ts'~n~nNext steps:~n  cd ~ts~n  beamtalk build~n  beamtalk repl~n", [Name, Name]),
    0;
renamed(Name, Beside, {error, Reason}) ->
    _ = file:del_dir_r(Beside),
    failed(["Cannot create '", Name, "': ", file:format_error(Reason)]).

failed(Text) ->
    beamtalk_cli:problem("~ts", [Text]),
    1.
